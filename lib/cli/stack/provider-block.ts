import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../failure";
import { configurationFiles } from "./folder";

/** What a `provider "fairlead"` block says as literal text; what depends on something else is undefined. */
export interface ProviderBlock {
  /** How resources name it: `fairlead`, `fairlead.other`. */
  readonly reference: string;
  readonly ownershipId: string | undefined;
  readonly endpoint: string | undefined;
  /** Name of the file that it stands in. */
  readonly file: string;
}

/** The provider blocks of a configuration, synthesized ones before written ones. */
export function providerBlocks(folder: string): ProviderBlock[] {
  const files = configurationFiles(folder);
  const isJson = (name: string) => name.endsWith(".json");
  return [...files.filter(isJson), ...files.filter((name) => !isJson(name))].flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return (isJson(file) ? jsonBlocks(text, join(folder, file)) : hclBlocks(text)).map((values) => ({
      reference: values.alias === undefined ? "fairlead" : `fairlead.${values.alias}`,
      ownershipId: values.ownership_id,
      endpoint: values.endpoint,
      file,
    }));
  });
}

type Literals = Readonly<Record<string, string | undefined>>;

function jsonBlocks(text: string, file: string): Literals[] {
  let content: { provider?: { fairlead?: unknown } | { fairlead?: unknown }[] };
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is no JSON: ${(error as Error).message}`);
  }
  return [content.provider ?? []]
    .flat()
    .flatMap(({ fairlead }) => (fairlead ?? []) as Record<string, unknown>[])
    .map((block) =>
      Object.fromEntries(
        Object.entries(block).map(([name, value]) => [
          name,
          typeof value === "string" ? literal(value) : undefined,
        ]),
      ),
    );
}

/** Heredocs, comments, strings, braces, signs and words, as far as blocks can be told apart by them. */
const token =
  /<<-?(\w+)\n[\s\S]*?\n[ \t]*\1\b|#.*|\/\/.*|\/\*[\s\S]*?\*\/|"(?:[^"\\]|\\.)*"|[{}=]|[^\s{}="#]+/g;

/** Finds `provider "fairlead" { ... }` at the top level, and the arguments of it that are a quoted text. */
function hclBlocks(text: string): Literals[] {
  const tokens = [...text.matchAll(token)]
    .map(([part]) => part)
    .filter((part) => !/^(#|\/\/|\/\*)/.test(part));
  const blocks: Record<string, string | undefined>[] = [];
  let depth = 0;
  let current: Record<string, string | undefined> | undefined;
  tokens.forEach((part, at) => {
    if (part === "{") {
      if (depth === 0 && tokens[at - 2] === "provider" && /^"?fairlead"?$/.test(tokens[at - 1]!)) {
        current = {};
        blocks.push(current);
      }
      depth++;
    } else if (part === "}") {
      depth--;
      if (depth === 0) current = undefined;
    } else if (part === "=" && depth === 1 && current) {
      const [name, value] = [tokens[at - 1]!, tokens[at + 1] ?? ""];
      current[name] = value.startsWith('"') ? literal(unquoted(value)) : undefined;
    }
  });
  return blocks;
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    // An expression with quotes of its own; its sign of one is kept.
    return text.slice(1, -1);
  }
}

/** The text itself, unless it is a template. */
const literal = (text: string): string | undefined => (/[$%]\{/.test(text) ? undefined : text);
