import { readSource, showHtml, showMarkdown, showSvg } from "../../lib/report";
import { forward, many, source, stackOf } from "./sample";

const reportOf = (...contents: unknown[]) => ({
  stacks: contents.map((content) => readSource(source(content), 0)),
});
const page = (...contents: unknown[]) =>
  showHtml(reportOf(...contents), { title: "Lab & co", made: "today" });

const evil = `</title><script>alert(1)</script> "x" & | \`c\` [l](http://x) @all #1 <img src=x onerror=y>\u202e\n# h`;
const evilStack = stackOf(
  {
    f: forward(
      { description: evil },
      { constructPath: evil, exposure: { suppressed: [{ rule: evil, problem: evil, reason: evil }] } },
    ),
  },
  {
    fairlead_instance: { web: { name: evil, project_id: `\${fairlead_project.lab.id}` } },
    fairlead_project: { lab: { name: evil } },
  },
);

describe("what others wrote is text and nothing else", () => {
  test("in a page and in a picture: every tag is one of ours", () => {
    const svg = showSvg(reportOf(evilStack), { title: evil });
    const html = showHtml(reportOf(evilStack), { title: evil, made: evil });
    for (const markup of [svg, html]) {
      expect(markup).not.toMatch(/<script|<img|onerror=y>|\u202e/);
      expect(markup).toContain("&#60;script&#62;");
      expect(unbalanced(markup)).toEqual([]);
    }
  });

  test("in Markdown: no cell, line, link, mention or tag of theirs", () => {
    const markdown = showMarkdown(reportOf(evilStack));
    expect(markdown).not.toMatch(/<script|<img|\]\(http|@all|#1\b|\u202e|^# h/m);
    const rows = markdown.split("\n").filter((line) => line.startsWith("| "));
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map((row) => row.split("|").length)).size).toBe(1);
  });
});

/** Tags that are closed in the wrong order or not at all. */
function unbalanced(markup: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name, self] of markup.matchAll(/<(\/?)([a-z]\w*)(?:\s[^>]*?)?(\/?)>/gi)) {
    if (self || name === "meta" || name === "br") continue;
    if (!end) open.push(name!);
    else if (open.pop() !== name) wrong.push(name!);
  }
  return [...wrong, ...open];
}

describe("a page", () => {
  test("loads nothing and runs nothing", () => {
    const html = page(many(5));
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(
      /\b(?:src|href|url|import)\b\s*[=(]|https?:/,
    );
    expect(html).not.toContain("<script");
  });

  test("is for every reader: language, one heading of the first rank, a named picture, a table with heads", () => {
    const html = page(many(5));
    expect(html).toMatch(/<html lang="en">/);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html).toMatch(/<svg [^>]*role="img" aria-label="Lab &#38; co\. dev: 5 forwards to 2 instances/);
    expect(html).toContain('<th scope="col">External</th>');
    expect(html).toContain("prefers-color-scheme:dark");
    expect(html).toContain("@media print");
  });

  test("shows several stacks, each with its name", () => {
    const other = { ...stackOf({ f: forward() }), "//": { metadata: { stackName: "prod" } } };
    const html = page(many(2), other);
    expect(html).toContain("NAT table of dev");
    expect(html).toContain("NAT table of prod");
    expect(html).toContain("ai-lab (stack prod)");
  });
});

describe("a picture", () => {
  test.each([1, 5, 50, 500])("of %i forwards shows each of them, in a shape that fits a wall", (count) => {
    const svg = showSvg(reportOf(many(count)), { title: "Lab" });
    expect(svg.match(/<rect class="fl-chip-everyone"[^>]*width="206"/g)).toHaveLength(count);
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.map(Number);
    expect(width! / height!).toBeGreaterThan(1);
    expect(width! / height!).toBeLessThan(3);
    const right = [...svg.matchAll(/<rect [^>]*\bx="([\d.]+)"[^>]*\bwidth="([\d.]+)"/g)].map(
      ([, x, w]) => Number(x) + Number(w),
    );
    expect(Math.max(...right)).toBeLessThanOrEqual(width!);
    const bottom = [...svg.matchAll(/<rect [^>]*\by="([\d.]+)"[^>]*\bheight="([\d.]+)"/g)].map(
      ([, y, h]) => Number(y) + Number(h),
    );
    expect(Math.max(...bottom)).toBeLessThanOrEqual(height!);
  });

  test("of nothing says so", () => {
    expect(showSvg(reportOf(stackOf({})), { title: "Lab" })).toContain("not reachable: web");
  });
});

describe("a comment", () => {
  test("begins with what matters and folds the table", () => {
    const markdown = showMarkdown(reportOf(many(5)));
    expect(markdown).toMatch(
      /^### Port forwards of <code>dev<\/code>\n\n5 forwards to 2 instances: 5 open to everyone\.\n/,
    );
    expect(markdown).toContain("<details><summary>All 5 forwards</summary>");
  });

  test("fits into one, however many there are, and says what is left out", () => {
    const markdown = showMarkdown(reportOf(many(2000), many(2000)));
    expect(markdown.length).toBeLessThan(62_000);
    expect(markdown.match(/and \d+ more; the HTML report has all of them/g)).toHaveLength(2);
  });
});
