/** Code as the formatter that this package is made with writes it: as wide as a line may be, else one item a line. */
const WIDTH = 110;

/** An option of a call: its name, and its value as code. */
export type Option = readonly [name: string, code: string | undefined];

/** What shows code in another order than it is run, or not at all. */
const unseen = /[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text within a comment of several lines. */
export const inComment = (value: string): string => value.replaceAll("*/", "* /").replace(unseen, "?");

/** Text as code. Terraform would evaluate what looks like its templates, so these are doubled; linters would ask. */
export function text(value: string): string {
  const plain = value.replace(/[$%](?=\{)/g, (sign) => sign + sign);
  const quoted = JSON.stringify(plain)
    .replaceAll("${", "\\u0024{")
    .replace(unseen, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (!plain.includes('"') || plain.includes("'")) return quoted;
  return `'${quoted.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/** A map of texts as code. */
export function map(entries: Readonly<Record<string, string>>): string {
  const fields = Object.entries(entries).map(
    ([key, value]) => `${/^[A-Za-z_]\w*$/.test(key) ? key : text(key)}: ${text(value)}`,
  );
  return `{ ${fields.join(", ")} }`;
}

/** A list, broken where the line that it ends is too wide. @param before what stands before it in its line */
export function list(items: readonly string[], before: string, indent: string): string {
  const short = `[${items.join(", ")}]`;
  if (width(before + short) < WIDTH) return short;
  return `[\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}]`;
}

/**
 * A statement that calls something with options at the end: `web.forward(Port.SSH, { id: "Ssh" });`
 * @param head up to the options: `web.forward(Port.SSH`
 */
export function callWith(head: string, options: readonly Option[], indent: string): string {
  const given = options.flatMap(([name, code]) => {
    if (code === undefined) return [];
    return name === code ? [name] : [`${name}: ${code}`];
  });
  if (given.length === 0) return `${indent}${head});`;
  const line = `${indent}${head}, { ${given.join(", ")} });`;
  if (width(line) <= WIDTH && !line.includes("\n")) return line;
  return `${indent}${head}, {\n${given.map((field) => `${indent}  ${field},\n`).join("")}${indent}});`;
}

/** A statement that calls something with plain arguments. */
export function call(head: string, args: readonly string[], indent: string): string {
  const line = `${indent}${head}(${args.join(", ")});`;
  if (width(line) <= WIDTH) return line;
  return `${indent}${head}(\n${args.map((arg) => `${indent}  ${arg},\n`).join("")}${indent});`;
}

/** Korean letters and their like are as wide as two others. */
function width(line: string): number {
  const wide = line.match(/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/g);
  return line.length + (wide?.length ?? 0);
}
