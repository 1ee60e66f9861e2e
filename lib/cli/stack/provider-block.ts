import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openStackName } from "../../connect";
import { UsageError } from "../failure";
import { configurationFiles } from "./folder";

/** What a `provider "fairlead"` block says as literal text; what depends on something else is undefined. */
export interface ProviderBlock {
  /** How resources name it: `fairlead`, `fairlead.other`. */
  readonly reference: string;
  readonly ownershipId: string | undefined;
  /** A URL, or the OpenStack cloud of the block inside: `openstack:lab`. */
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
      endpoint: "openstack" in values ? cloudOf(values) : values.endpoint,
      file,
    }));
  });
}

/** The arguments of a block; those of the block inside as `openstack.cloud`, and `openstack` where there is one. */
type Literals = Readonly<Record<string, string | undefined>>;

/** The cloud as an endpoint; undefined where it depends on something else. */
function cloudOf(values: Literals): string | undefined {
  const [cloud, region] = ["openstack.cloud", "openstack.region"];
  const depends = [cloud, region].some((name) => name! in values && values[name!] === undefined);
  return depends ? undefined : openStackName({ cloud: values[cloud!], region: values[region!] });
}

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
    .map(({ openstack, ...block }) => ({
      ...literals(block, ""),
      ...[openstack ?? []]
        .flat()
        .reduce<Literals>(
          (_, inner) => ({ openstack: undefined, ...literals(inner as object, "openstack.") }),
          {},
        ),
    }));
}

const literals = (block: object, prefix: string): Literals =>
  Object.fromEntries(
    Object.entries(block).map(([name, value]) => [
      prefix + name,
      typeof value === "string" ? literal(value) : undefined,
    ]),
  );

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
  /** What the names of the block inside begin with. */
  let inside: string | undefined;
  tokens.forEach((part, at) => {
    if (part === "{") {
      if (depth === 0 && tokens[at - 2] === "provider" && /^"?fairlead"?$/.test(tokens[at - 1]!)) {
        current = {};
        blocks.push(current);
      }
      inside = depth === 1 && current && tokens[at - 1] === "openstack" ? "openstack." : undefined;
      if (inside && current) current.openstack = undefined;
      depth++;
    } else if (part === "}") {
      depth--;
      if (depth === 0) current = undefined;
    } else if (part === "=" && current && (depth === 1 || (depth === 2 && inside))) {
      const [name, value] = [tokens[at - 1]!, tokens[at + 1] ?? ""];
      current[depth === 1 ? name : `${inside}${name}`] = value.startsWith('"')
        ? literal(unquoted(value))
        : undefined;
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
