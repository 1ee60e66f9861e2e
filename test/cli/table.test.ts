import { byteSize } from "../../lib/cli/byte-size";
import { parseDuration } from "../../lib/cli/duration";
import { fromNow } from "../../lib/cli/moment";
import { displayWidth, formatTable } from "../../lib/table";

test("columns are as wide as their widest cell, numbers stand to the right, nothing trails", () => {
  const rows = [
    ["web", "7", ""],
    ["database", "1234", "x"],
  ];
  expect(formatTable(["NAME", "TOTAL", "NOTE"], rows, { numbers: ["TOTAL"] })).toBe(
    ["NAME      TOTAL  NOTE", "web           7", "database   1234  x", ""].join("\n"),
  );
});

test("characters that take two columns are counted so", () => {
  expect(displayWidth("웹 서비스")).toBe(9);
  const table = formatTable(
    ["NAME", "ID"],
    [
      ["웹 서비스", "1"],
      ["abc", "2"],
    ],
  );
  expect(table.split("\n").slice(0, 3)).toEqual(["NAME       ID", "웹 서비스  1", "abc        2"]);
});

test("what others wrote cannot move the reader's cursor", () => {
  expect(formatTable(["A"], [["x\u001b[2Jy\n"]])).toBe("A\nx?[2Jy?\n");
  const many = Array.from({ length: 200_000 }, (_, i) => [String(i)]);
  expect(formatTable(["A"], many).split("\n")).toHaveLength(200_002);
});

describe("where a line is too long for the terminal, one column gives way", () => {
  const header = ["ID", "DESCRIPTION", "STATUS"];
  const rows = [
    ["1", "a description that goes on and on, as descriptions do", "active"],
    ["2", "이 설명은 꽤 깁니다. 정말로 깁니다.", "active"],
    ["3", "short", "active"],
  ];
  const table = (width: number) => formatTable(header, rows, { width, elastic: "DESCRIPTION" }).trimEnd();
  const widest = (text: string) => Math.max(...text.split("\n").map(displayWidth));

  test("to the width of the terminal", () => {
    expect(widest(table(40))).toBe(40);
    expect(table(40).split("\n")[1]).toBe("1   a description that goes on …  active");
    expect(table(40).split("\n")[2]).toMatch(/^2 {3}이 설명은 .*… +active$/);
  });
  test("not at all where there is room", () => {
    expect(table(200)).toBe(formatTable(header, rows).trimEnd());
  });
  test("never to nothing", () => {
    expect(widest(table(10))).toBe(4 + 12 + 2 + 6);
  });
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [9949, "9.9 kB"],
  [9950, "10 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [37_400_000, "37 MB"],
  [5e12, "5.0 TB"],
  [Number.MAX_SAFE_INTEGER, "9.0 PB"],
])("%d bytes are %s", (bytes, text) => expect(byteSize(bytes)).toBe(text));

test.each([
  ["2026-01-01T00:00:00Z", "30 d ago"],
  ["2026-01-30T12:30:00Z", "11 h ago"],
  ["2026-01-30T23:59:00Z", "1 min ago"],
  ["2026-01-30T23:59:57.5Z", "2 s ago"],
  ["2026-01-31T00:00:00.500Z", "now"],
  ["2026-02-05T09:00:00+09:00", "in 5 d"],
])("%s is %s on the last of January", (moment, text) => {
  expect(fromNow(moment, Date.parse("2026-01-31T00:00:00Z"))).toBe(text);
});

test.each([
  ["90m", 5_400_000],
  ["12h", 43_200_000],
  ["30d", 2_592_000_000],
  ["2w", 1_209_600_000],
])("%s is a duration", (text, milliseconds) => expect(parseDuration("--unused", text)).toBe(milliseconds));

test.each(["", "30", "d", "0d", "-3d", "1.5h", "3 d", "1h30m", "3y", "99999999d"])(
  "%j is no duration, and the message says what is",
  (text) => {
    expect(() => parseDuration("--unused", text)).toThrow(
      `--unused is ${JSON.stringify(text)}, but it has to be a duration: a whole number and m, h, d or w, such as 90m, 12h or 30d.`,
    );
  },
);
