import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errors } from "../lib/contract";

const read = (file: string) => readFileSync(join(__dirname, "..", file), "utf8");
const readme = read("README.md");

test("the program that the README shows is the example", () => {
  const shown = /```ts\n([\s\S]*?)```/.exec(readme)?.[1];
  expect(shown).toBe(read("examples/quickstart/main.ts"));
});

test("the commands that the README names are scripts", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  for (const [, script] of readme.matchAll(/npm (?:run )?(start|test|bench|bindings|docs)\b/g)) {
    expect(Object.keys(scripts)).toContain(script);
  }
});

test("every file and folder that the README names is there", () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1]!);
  const layers = [...readme.matchAll(/^(lib\/[\w.]+) /gm)].map((match) => match[1]!);
  expect(layers.length).toBeGreaterThan(7);
  for (const path of [...links, ...layers])
    expect(() => readFileSync(join(__dirname, "..", path))).not.toThrow(/ENOENT/);
});

test("the changelog lists every error code", () => {
  for (const code of Object.keys(errors)) expect(read("CHANGELOG.md")).toContain(`\`${code}\``);
});
