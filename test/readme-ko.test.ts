import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inStack, typeErrors } from "./support/type-check";

const read = (file: string) => readFileSync(join(__dirname, "..", file), "utf8");
const english = read("README.md");
const korean = read("README.ko.md");

/** The steps of the guide that its readers know are in the Korean page only. */
const guide = /^## 가이드의 단계를 코드로\n[\s\S]*?(?=^## )/m.exec(korean)?.[0] ?? "";
/** What is measured is in one place; the Korean page leads there. */
const numbers = /^## Numbers\n[\s\S]*?(?=^## )/m.exec(english)?.[0] ?? "";

const blocks = (page: string) => [...page.matchAll(/^```\w*\n[\s\S]*?^```$/gm)].map(([block]) => block);
const prose = (page: string) => page.replace(/^```\w*\n[\s\S]*?^```$/gm, "");

test("the code blocks are those of the English page; what they say to people may be Korean", () => {
  const code = (block: string) =>
    /^lib\//m.test(block)
      ? block.replace(/^(\S+(?: \S+)*) {2,}.*$/gm, "$1")
      : /^```sh/.test(block)
        ? block.replace(/ +# .*$/gm, "")
        : block;
  expect(blocks(korean).length).toBeGreaterThan(5);
  expect(blocks(korean).map(code)).toEqual(blocks(english).map(code));
});

test("the headings are as many, of the same levels, but for the guide's steps", () => {
  const levels = (page: string) => [...prose(page).matchAll(/^(#+) /gm)].map((match) => match[1]);
  expect(guide).not.toBe("");
  expect(levels(korean.replace(guide, ""))).toEqual(levels(english));
});

test("every command, option and name that the English page has in its text is in the Korean page", () => {
  expect(numbers).not.toBe("");
  const named = [...prose(english.replace(numbers, "")).matchAll(/`[^`\n]+`/g)].map(([code]) => code);
  expect(named.length).toBeGreaterThan(50);
  expect([...new Set(named)].filter((code) => !korean.includes(code))).toEqual([]);
});

test("it links to what the English page links to, and to files that are there", () => {
  const links = (page: string) => [...page.matchAll(/\]\(([^)#]+)/g)].map((match) => match[1]!);
  const expected = links(english).filter((link) => link !== "README.ko.md");
  expect(expected.filter((link) => !links(korean).includes(link))).toEqual([]);
  const files = links(korean).filter((link) => !link.includes(":"));
  expect(files.filter((file) => !existsSync(join(__dirname, "..", file)))).toEqual([]);
});

test("each page leads to the other in its first lines", () => {
  const top = (page: string) => page.split("\n").slice(0, 4).join("\n");
  expect(top(english)).toContain("](README.ko.md)");
  expect(top(korean)).toContain("](README.md)");
});

test("the code beside the guide's steps compiles, and every step has some", () => {
  const rows = [...guide.matchAll(/^\| (\*\*\d-\d\.\*\*.*?) \| (.*) \|$/gm)];
  const steps = rows.flatMap(([, step]) =>
    [...step!.matchAll(/\*\*(\d-\d)\.\*\*/g)].map((match) => match[1]),
  );
  expect(steps).toEqual(["2-1", "2-2", "2-3", "2-4", "2-5", "2-6", "2-7", "3-1", "3-2"]);
  const code = rows.map(([, , cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
  expect(code.filter((cell) => cell.length === 0)).toEqual([]);
  const statements = code.flat().filter((line) => line.endsWith(";"));
  expect(statements.length).toBeGreaterThan(5);
  expect(typeErrors(new Map([["README.ko.md", inStack(statements.join("\n"))]]))).toEqual([]);
});
