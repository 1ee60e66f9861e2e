import { join } from "node:path";
import * as ts from "typescript";
import * as fairlead from "../../lib";

const root = join(__dirname, "../..");

const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts"],
  types: ["node", "jest"],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  esModuleInterop: true,
  skipLibCheck: true,
  noEmit: true,
  paths: { fairlead: [join(root, "lib/index.ts")] },
};

/**
 * What the compiler has against modules that are in no file, each by a name of one's own; they are taken to lie at the
 * root of the repository. `fairlead` is the source in `lib`, built or not.
 */
export function typeErrors(modules: ReadonlyMap<string, string>): string[] {
  const texts = new Map([...modules].map(([, text], index) => [join(root, `module-${index}.ts`), text]));
  const names = new Map([...texts.keys()].map((path, index) => [path, [...modules.keys()][index]!]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined
      ? getSourceFile(path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText, start = 0 }) => {
      const line = source.text.slice(source.text.lastIndexOf("\n", start - 1) + 1).split("\n", 1)[0]!;
      const message = ts.flattenDiagnosticMessageText(messageText, "\n");
      return `${names.get(path)}: ${message.replaceAll(`${root}/`, "")}\n  ${line.trim()}`;
    });
  });
}

/** A module with a stack in which the statements stand, beside a project, instances and a forward to refer to. */
export function inStack(statements: string): string {
  return `
import { readFileSync } from "node:fs";
import { answerLookups } from "./lib/testing";
import { App, Aspects, Fn, TerraformIterator, TerraformOutput, TerraformStack, Testing } from "cdktf";
import { ${Object.keys(fairlead).join(", ")} } from "fairlead";
const app = new App();
class Stack extends TerraformStack {
  async statements(project: Project, web: Instance, db: Instance, turn: Instance, page: PortForward) {
    {
${statements}
    }
  }
}
`;
}
