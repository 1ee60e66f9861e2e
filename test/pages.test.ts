import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const root = join(__dirname, "..");
const read = (page: string): string => readFileSync(join(root, "docs", page), "utf8");

test.each(["platform.md", "testing.md"])(
  "the programs of %s compile against what the package exports",
  (page) => {
    const examples = [...read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
    expect(examples.length).toBeGreaterThan(2);
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    const files = new Map(examples.map((text, index) => [join(root, `docs/example-${index}.ts`), text]));
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (file) => files.has(file) || fileExists(file);
    host.readFile = (file) => files.get(file) ?? readFile(file);
    const program = ts.createProgram([...files.keys()], options, host);
    const wrong = ts.getPreEmitDiagnostics(program);
    expect(ts.formatDiagnostics(wrong, { ...host, getNewLine: () => "\n" })).toBe("");
  },
);

test("platform.md names every field of a subject", () => {
  const page = read("platform.md");
  const subject = readFileSync(join(root, "lib/testing/conformance/subject.ts"), "utf8");
  const fields = [...subject.split("/** A platform that answers.")[0]!.matchAll(/^ {2}readonly (\w+)\??:/gm)];
  expect(fields.length).toBeGreaterThan(5);
  for (const [, field] of fields) expect(page).toMatch(new RegExp(`\\b${field}\\b`));
});
