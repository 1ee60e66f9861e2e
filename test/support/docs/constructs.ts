import { table } from "./attributes";
import { type Documented, type Export, type Member, publicApi } from "./public-api";

/** The parts of the page, by the files that they are declared in; the first that fits counts. */
const parts: readonly (readonly [title: string, file: RegExp])[] = [
  ["Patterns", /^constructs\/patterns\//],
  ["Exposure", /^constructs\/policy\//],
  ["Projects", /^constructs\/(existing-)?project/],
  ["Instances", /^constructs\/((existing-)?instance|user-data|image)/],
  ["Forwards", /^(constructs\/((existing-)?port-forward|port|peer|ssh-config|reachab)|probe\/)/],
  ["Platform and Terraform", /^constructs\/(provider|timeouts|ephemeral|preflight|construct-error|finding)/],
];
const order = ["Projects", "Instances", "Forwards", "Patterns", "Exposure", "Platform and Terraform", "More"];

/** The generated part of `docs/constructs.md`: every export of the construct library. */
export function constructSections(): Map<string, string> {
  const api = publicApi();
  const names = new Set(api.map(({ name }) => name));
  const text = order.flatMap((title) => {
    const exports = api.filter(({ file }) => partOf(file) === title).sort(byWeight);
    return exports.length === 0 ? [] : [`## ${title}`, ...exports.map((one) => describe(one, names))];
  });
  return new Map([["constructs", text.join("\n\n")]]);
}

const partOf = (file: string): string => parts.find(([, files]) => files.test(file))?.[0] ?? "More";

/** What is made comes first, then what it is made of. */
const weights = { class: 0, function: 1, interface: 2, type: 3 };
const byWeight = (a: Export, b: Export): number =>
  weights[a.kind] - weights[b.kind] || a.name.localeCompare(b.name, "en");

function describe(one: Export, names: ReadonlySet<string>): string {
  const properties = one.members.filter(({ kind }) => kind === "property");
  const [constants, values] = [properties.filter(isStatic), properties.filter((member) => !isStatic(member))];
  const methods = one.members.filter(({ kind }) => kind === "method");
  return [
    `### ${one.name}`,
    one.text,
    ...one.tags("throws").map(throwing),
    ...(one.type ? [`\`\`\`ts\n${one.kind === "type" ? `type ${one.name} = ` : ""}${one.type}\n\`\`\``] : []),
    ...(one.construction ? [`\`${one.construction}\``] : []),
    ...(one.bases.length > 0 ? [basesText(one, names)] : []),
    ...one.tags("example").map(codeBlock),
    ...(constants.length > 0 ? [constantTable(constants)] : []),
    ...(values.length > 0 ? [propertyTable(values, names)] : []),
    ...(methods.length > 0 ? [methodTable(methods)] : []),
    ...one.members.flatMap((member) =>
      member.tags("example").map((code) => `\`${member.name}\`:\n\n${codeBlock(code)}`),
    ),
  ].join("\n\n");
}

function basesText({ kind, bases }: Export, names: ReadonlySet<string>): string {
  const links = [...new Set(bases)].map((base) => linked(base, names));
  return `${kind === "class" ? "It is also" : "It extends"} ${links.join(", ")}.`;
}

const isStatic = (member: Member): boolean => member.isStatic;

const constantTable = (constants: readonly Member[]): string =>
  table(
    ["Constant", "Meaning"],
    constants.map((member) => [`\`${member.name}\``, prose(member)]),
  );

function propertyTable(properties: readonly Member[], names: ReadonlySet<string>): string {
  const rows = properties.map((member) => [
    `\`${member.name}${member.optional ? "?" : ""}\``,
    linked(member.type, names),
    [prose(member), ...member.tags("default").map((text) => `*Without it*: ${oneLine(text)}`)].join("<br>"),
  ]);
  return table(["Property", "Type", "Meaning"], rows);
}

function methodTable(methods: readonly Member[]): string {
  const rows = methods.map((member) => [
    `\`${member.isStatic ? "static " : ""}${member.type}\``,
    [prose(member), ...member.tags("param").map(parameter), ...member.tags("throws").map(throwing)].join(
      "<br>",
    ),
  ]);
  return table(["Method", "Meaning"], rows);
}

/** A type as code, which leads to where it is described if it is one alone. */
function linked(type: string, names: ReadonlySet<string>): string {
  const name = [...type.matchAll(/(?<!["\w])\w+/g)].map(([word]) => word).find((word) => names.has(word));
  return name === undefined ? `\`${type}\`` : `[\`${type}\`](#${name.toLowerCase()})`;
}

const parameter = (text: string): string => oneLine(text).replace(/^(\w+) /, "`$1`: ");

const throwing = (text: string): string =>
  `It throws ${oneLine(text)
    .replace(/^(\w+)/, "`$1`")
    .replace(/\.$/, "")}.`;

const codeBlock = (code: string): string => `\`\`\`ts\n${code}\n\`\`\``;

/** The comment in one line of a table. */
const prose = ({ text }: Documented): string =>
  text
    .split(/\n{2,}/)
    .map(oneLine)
    .join("<br>");

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, " ").trim();
