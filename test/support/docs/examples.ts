import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

const lib = join(__dirname, "../../../lib");

/** An `@example` of a doc comment. */
export interface Example {
  /** Its file below `lib`, and what it is an example of. */
  readonly where: string;
  readonly file: string;
  readonly code: string;
  /** The interface and its property that the example is of, if it is one. */
  readonly property?: { readonly of: string; readonly name: string } | undefined;
}

/** Every `@example` in `lib`. */
export function examples(): Example[] {
  return readdirSync(lib, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const text = readFileSync(join(lib, file), "utf8");
      return text.includes("@example") ? examplesIn(file, text) : [];
    });
}

function examplesIn(file: string, text: string): Example[] {
  const found: Example[] = [];
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      // A variable's comment is on its statement, and is found at both.
      if (tag.tagName.text !== "example" || tag.parent.parent !== node) continue;
      const name = (node as ts.NamedDeclaration).name?.getText() ?? "";
      const property =
        ts.isPropertySignature(node) && ts.isInterfaceDeclaration(node.parent)
          ? { of: node.parent.name.text, name }
          : undefined;
      const code = ts.getTextOfJSDocComment(tag.comment) ?? "";
      found.push({ where: `${file} ${name}`, file, code, property });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return found;
}
