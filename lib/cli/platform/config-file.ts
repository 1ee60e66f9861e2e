import { readFileSync } from "node:fs";
import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type * as z from "zod";
import { problemsOf } from "../../contract";

/** A configuration file that cannot be used: which one, where in it, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads a file of JSON or YAML by a schema.
 * @throws ConfigError with line, column and path of everything that is wrong
 */
export function readConfigFile<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const unreadable = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`);
  if (unreadable.length > 0) throw wrong(file, "is neither JSON nor YAML", unreadable);
  const value: unknown = document.toJS();
  const problems = problemsOf(schema, value).map(
    ({ path, message }) => `${at(offsetOf(document, path))}: ${message}`,
  );
  if (problems.length > 0) throw wrong(file, "is wrong", problems);
  return schema.parse(value);
}

const wrong = (file: string, what: string, problems: readonly string[]): ConfigError =>
  new ConfigError(
    `The configuration file ${file} ${what}:\n${problems.map((text) => `  ${text}`).join("\n")}`,
  );

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`The configuration file ${file} cannot be read: ${(error as Error).message}.`);
  }
}

/** Where a value is: at its key, or where an item of a list begins; what is missing is where it should be. */
function offsetOf({ contents }: Document.Parsed, path: readonly (string | number)[]): number {
  let node: Node | null = contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(step));
      if (!pair) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq<Node>(node)) {
      node = node.items[Number(step)] ?? null;
      offset = node?.range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
