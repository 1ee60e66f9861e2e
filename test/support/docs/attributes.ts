import type { Attribute } from "../../../lib/tfplugin";
import { limitsOf } from "./limits";

type Attributes = Readonly<Record<string, Attribute>>;

const isWritten = ({ options }: Attribute): boolean => options.required === true || options.optional === true;

/** The arguments of a resource: what the user may write, and what becomes of a change. */
export function argumentTable(attributes: Attributes): string {
  const written = Object.entries(attributes).filter(([, attribute]) => isWritten(attribute));
  return table(
    ["Argument", "Type", "Without it", "A change is made", "Meaning"],
    written.map(([name, attribute]) => [
      `\`${name}\``,
      typeText(attribute),
      withoutIt(attribute),
      onChange(name, attribute),
      meaning(attribute),
    ]),
  );
}

/** Arguments that are settings: of the provider, of a data source, of a block. */
export function settingTable(attributes: Attributes): string {
  const written = Object.entries(attributes).filter(([, attribute]) => isWritten(attribute));
  return table(
    ["Argument", "Type", "Meaning"],
    written.map(([name, attribute]) => [`\`${name}\``, typeText(attribute), meaning(attribute)]),
  );
}

/** The attributes that only the platform sets. */
export function attributeTable(attributes: Attributes): string {
  const computed = Object.entries(attributes).filter(
    ([, { options }]) => options.computed && !options.optional,
  );
  return table(
    ["Attribute", "Type", "Meaning"],
    computed.map(([name, attribute]) => [`\`${name}\``, typeText(attribute), meaning(attribute)]),
  );
}

/** What an attribute is and allows. */
export function meaning(attribute: Attribute): string {
  const sentences = [
    attribute.options.description ?? "",
    ...limitsOf(attribute).map((rule) => `${rule[0]!.toUpperCase()}${rule.slice(1)}.`),
  ];
  return sentences
    .join(" ")
    .trim()
    .replace(/(?<!`)\b(?:[a-z]+(?:_[a-z]+)+|FAIRLEAD(?:_[A-Z]+)+)\b(?!`)/g, "`$&`");
}

function typeText({ type, options }: Attribute): string {
  const text = Array.isArray(type) ? `${type[0]} of ${type[1]}s` : String(type);
  if (options.writeOnly) return `${text}, write-only`;
  return options.sensitive ? `${text}, sensitive` : text;
}

function withoutIt({ options }: Attribute): string {
  if (options.required) return "required";
  if (options.default !== undefined) return `\`${JSON.stringify(options.default)}\``;
  return options.computed ? "the platform chooses, once" : "none";
}

function onChange(name: string, { options }: Attribute): string {
  if (options.writeOnly) return `with \`${name}_version\``;
  return options.replace || name.endsWith("_wo_version") ? "by a new object" : "in place";
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
