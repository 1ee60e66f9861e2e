import { closestFirst, guardKnownName } from "../../lib/contract";

const names = ["windows-server", "echo", "http-hello", "ubuntu-24.04"];

test.each([
  ["htpp-hello", "http-hello"],
  ["Ubuntu", "ubuntu-24.04"],
  ["ech", "echo"],
  ["ubuntu-22.04", "ubuntu-24.04"],
])("%s is closest to %s", (written, closest) => {
  expect(closestFirst(written, names)[0]).toBe(closest);
  expect([...closestFirst(written, names)].sort()).toEqual([...names].sort());
});

test("a name that is not known is refused with the closest ones first", () => {
  expect(() => guardKnownName("image", "echo", names)).not.toThrow();
  expect(() => guardKnownName("image", "ech", names)).toThrow(
    expect.objectContaining({
      code: "unknown_image",
      field: "/image",
      message: expect.stringContaining(
        'There is no image "ech"; did you mean "echo"? The platform has echo, ',
      ),
      details: { known: expect.arrayContaining(names) },
    }),
  );
  expect(() => guardKnownName("flavor", "small", [])).toThrow("the platform has no flavor.");
});
