import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { ProviderSchema } from "@cdktf/commons";
import { ConstructsMakerProviderTarget, Language, TerraformProviderConstraint } from "@cdktf/commons";
import { CodeMaker, TerraformProviderGenerator } from "@cdktf/provider-generator";
import { schemaJson } from "../../lib/provider";
import { version } from "../../package.json";

const source = "fairlead.internal/fairlead/fairlead";
const bindings = join(__dirname, "../../lib/bindings");

/** What is generated from the provider's schema: file names below `lib/bindings`, each with its text. */
export async function generateBindings(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-bindings-"));
  try {
    const code = new CodeMaker();
    const constraint = new TerraformProviderConstraint({ name: "fairlead", source, version });
    new TerraformProviderGenerator(code, schemaJson(source) as ProviderSchema).generate(
      new ConstructsMakerProviderTarget(constraint, Language.TYPESCRIPT),
    );
    await code.save(folder);
    return await flatten(join(folder, "providers/fairlead"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The generator makes a folder per class; one file per noun, named as in every other layer, is enough. */
async function flatten(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nouns = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const files = new Map<string, string>();
  const exported: string[] = [];
  for (const noun of nouns.sort()) {
    const text = await readFile(join(folder, noun, "index.ts"), "utf8");
    files.set(`${noun}.ts`, withLazyParts(withOverrides(withoutRegistryLinks(text))));
    exported.push(reexport(noun, text));
  }
  files.set("release.ts", release);
  files.set(
    "index.ts",
    `/** The Terraform resources themselves, one class each, generated from the provider's schema; never edited. */\n${exported.join("")}`,
  );
  return files;
}

/** `Project` is the construct that people write, so its resource is exported as `ProjectResource`. */
function reexport(noun: string, text: string): string {
  const className = /export class (\w+) extends cdktf\.Terraform(?:Resource|DataSource|Provider)\b/.exec(
    text,
  )![1]!;
  const name = text.includes("extends cdktf.TerraformProvider ")
    ? "ProviderBlock"
    : text.includes("extends cdktf.TerraformDataSource ")
      ? className.replace(/^DataFairlead/, "").concat("DataSource")
      : `${className}Resource`;
  return `export { ${className} as ${name}, type ${className}Config as ${name}Config } from "./${noun}";\n`;
}

/** The provider comes with this package, so the links that the generator makes to a registry lead nowhere. */
function withoutRegistryLinks(text: string): string {
  return text
    .replace(/^\/\/ https:.*\n/m, "")
    .replace(/^ *\*\n( *\* Docs at Terraform Registry: .*\n)/gm, "$1")
    .replace(/^ *\/\*\*\n *\* Docs at Terraform Registry: .*\n *\*\/\n/gm, "")
    .replace(/^ *\* Docs at Terraform Registry: .*\n/gm, "")
    .replace(/ Refer to the \{@link \S+ import section\}[^\n]*/g, "")
    .replace(/\{@link \S+ (\w+)\}/g, "$1");
}

/** Our compiler wants to be told what overrides a member of the base class. */
function withOverrides(text: string): string {
  return text
    .replace(
      /^( {2}(?:public|protected)) ((?:synthesizeAttributes|synthesizeHclAttributes|[gs]et alias)\()/gm,
      "$1 override $2",
    )
    .replace(/^ {2}constructor\(protected .*$/gm, (line) =>
      line.replaceAll("protected ", "protected override "),
    );
}

/**
 * Maps and blocks of a class are objects, made with it although hardly anybody reads them; each takes a stack trace,
 * and two of them double the time that a stack of thousands takes to synthesize. They are made when they are asked for.
 */
function withLazyParts(text: string): string {
  const perClass = text.split(/^(?=export class )/m);
  return perClass
    .map((code) => {
      const parts = code.matchAll(/^ {2}private (_(\w+)) = new (([\w.]+)\(this, .*\));$/gm);
      return [...parts].reduce(
        (lazy, [field, hidden, name, creation, type]) =>
          lazy
            .replace(field, `  private ${hidden}?: ${type};`)
            .replace(`return this.${hidden};`, `return (this.${hidden} ??= new ${creation});`)
            .replace(
              `    this.${hidden}.internalValue = config.${name};`,
              `    if (config.${name} !== undefined) this.${name}.internalValue = config.${name};`,
            )
            .replaceAll(`this.${hidden}.internalValue = `, `this.${name}.internalValue = `)
            .replaceAll(`this.${hidden}.internalValue`, `this.${hidden}?.internalValue`),
        code,
      );
    })
    .join("");
}

const release = `/** Where Terraform finds the provider, and the release that this package comes with. */
export const providerSource = "${source}";
export const providerVersion = "${version}";
`;

/** Writes `lib/bindings`, and removes what is no longer generated. */
async function main(): Promise<void> {
  const files = await generateBindings();
  for (const file of await readdir(bindings)) if (!files.has(file)) await rm(join(bindings, file));
  for (const [file, text] of files) await writeFile(join(bindings, basename(file)), text);
}

if (require.main === module) void main();
