import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, errors } from "../lib/contract";
import { cleanUp } from "./support/clean-up";
import { anchorOf, generateDocs } from "./support/generate-docs";
import { TerraformFolder } from "./support/terraform";

const docs = join(__dirname, "../docs");
const read = (file: string) => readFileSync(join(docs, file), "utf8");
const codes = Object.keys(errors) as ErrorCode[];

afterAll(cleanUp);

test("the pages are what the schema and the error catalogue generate; `npm run docs` writes them", () => {
  const generated = generateDocs();
  expect(readdirSync(docs).sort()).toEqual([...generated.keys()].sort());
  for (const [file, text] of generated) expect(`${file}\n${read(file)}`).toBe(`${file}\n${text}`);
});

test("every code of the catalogue is on the page of errors, and the reverse", () => {
  const headings = [...read("errors.md").matchAll(/^### (\w+)$/gm)].map((match) => match[1]);
  expect(headings.sort()).toEqual([...codes].sort());
});

test("every code says when it happens, and what to do, in sentences", () => {
  for (const { when, hint } of Object.values(errors)) {
    for (const text of [when, hint]) expect(text).toMatch(/^[A-Z`].*\.$/);
  }
});

test("every link leads to a file, and to a heading in it", () => {
  const broken = readdirSync(docs).flatMap((file) => {
    const links = [...read(file).matchAll(/\]\(([^)#:]*)(?:#([^)]+))?\)/g)];
    return links.flatMap(([link, target = "", anchor]) => {
      const page = read(target === "" ? file : target);
      return anchor === undefined || headingsOf(page).includes(anchor) ? [] : [`${file}: ${link}`];
    });
  });
  expect(broken).toEqual([]);
});

const headingsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1]!));

test("every error code is raised by a test", () => {
  const raised = new Set(testFiles().flatMap(codesExpectedIn));
  expect(codes.filter((code) => !raised.has(code))).toEqual([]);
});

/** The codes that a test says it gets: from a rejected call, an answer of the API, or what Terraform prints. */
function codesExpectedIn(text: string): string[] {
  const forms = [
    /\brejection\([^;]*?,\s*"(\w+)",?\s*\)/g,
    /\bexpectOrigin\([^;]*?,\s*"(\w+)",?\s*\)/g,
    /\bcode: "(\w+)"/g,
    /\bCode: (\w+)\./g,
    /\[[^\n]*, [45]\d\d, "(\w+)"\]/g,
  ];
  return forms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1]!));
}

const testFiles = (): string[] =>
  [__dirname, join(__dirname, "../lib/testing/conformance")].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.startsWith("support") && file !== "docs.test.ts")
      .map((file) => readFileSync(join(folder, file), "utf8")),
  );

test("the examples are one configuration that Terraform accepts, formatted as it does", async () => {
  const examples = [...read("provider.md").matchAll(/^```hcl\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  expect(examples.length).toBeGreaterThan(10);
  const terraform = new TerraformFolder();
  examples.forEach((text, index) => {
    writeFileSync(join(terraform.path, `example-${index}.tf`), text);
  });
  await terraform.installProvider();
  await terraform.succeed("init");
  expect(await terraform.succeed("validate")).toContain("The configuration is valid.");
  await terraform.succeed("fmt", "-check", "-diff");
});

test("every resource and data source has an example", () => {
  const page = read("provider.md");
  for (const [, kind, type] of page.matchAll(/<!-- generated: (resource|data) (\w+) -->/g)) {
    expect(page).toMatch(new RegExp(`^${kind} "${type}" "\\w+" \\{`, "m"));
  }
});
