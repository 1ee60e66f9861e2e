import { provider } from "../../../lib/provider";
import type { Attribute, Block } from "../../../lib/tfplugin";
import { argumentTable, attributeTable, meaning, settingTable, table } from "./attributes";

type Attributes = Readonly<Record<string, Attribute>>;

interface Described {
  readonly description?: string;
  readonly attributes: Attributes;
  readonly blocks?: Readonly<Record<string, Block>>;
}

/** The generated parts of `docs/provider.md`, by name: `provider`, `resource fairlead_project`, `data fairlead_images`. */
export function providerSections(): Map<string, string> {
  const resources = Object.entries(provider.resources ?? {}) as [string, Described][];
  const sources = Object.entries(provider.dataSources ?? {}) as [string, Described][];
  return new Map([
    ["provider", settingTable(provider.attributes as Attributes)],
    ["timeouts", timeoutsSection(resources.map(([, resource]) => resource))],
    ...resources.map(([name, resource]) => [`resource ${name}`, resourceSection(resource)] as const),
    ...sources.map(([name, source]) => [`data ${name}`, sourceSection(name, source)] as const),
  ]);
}

/** The generated part of `docs/openstack.md`: the block that chooses a cloud. */
export function openstackSections(): Map<string, string> {
  return new Map([["openstack", settingTable(provider.blocks!.openstack!.attributes)]]);
}

function resourceSection({ description, attributes }: Described): string {
  return [
    description,
    argumentTable(attributes),
    "What the platform sets:",
    attributeTable(attributes),
    "It takes a [`timeouts`](#timeouts) block.",
  ].join("\n\n");
}

/** The block is the same in every resource; the page has it once. */
function timeoutsSection(resources: readonly Described[]): string {
  const [first, ...others] = resources.map(({ blocks }) => settingTable(blocks!.timeouts!.attributes));
  if (others.some((other) => other !== first)) throw new Error("The resources differ in their timeouts.");
  return first!;
}

function sourceSection(name: string, { description, attributes }: Described): string {
  const settable = Object.entries(attributes).filter(([, { options }]) => options.optional);
  const results = Object.entries(attributes).filter(([, { nested }]) => nested);
  if (results.length === 0) {
    const selectors = settable.map(([selector]) => `\`${selector}\``);
    const fields = fieldsText(name, attributes, "It has");
    return `${description}\n\nArguments, at least one of them: ${selectors.join(", ")}.\n\n${fields}`;
  }
  return [
    description,
    ...(settable.length > 0 ? [settingTable(attributes)] : []),
    ...results.map(([result, { nested }]) =>
      fieldsText(name, nested!.attributes, `\`${result}\` is a list; each element has`),
    ),
  ].join("\n\n");
}

/** Names alone where the resource of that name says what they mean; else a table. */
function fieldsText(name: string, fields: Attributes, beginning: string): string {
  const type = name.replace(/s$/, "");
  const resource = (provider.resources as Readonly<Record<string, Described>>)[type];
  if (!resource) {
    const rows = Object.entries(fields).map(([field, attribute]) => [`\`${field}\``, meaning(attribute)]);
    return `${beginning}:\n\n${table(["Attribute", "Meaning"], rows)}`;
  }
  const foreign = Object.keys(fields).filter((field) => !(field in resource.attributes));
  if (foreign.length > 0) throw new Error(`${name} has ${foreign.join(", ")}, which ${type} has not.`);
  const names = Object.keys(fields).map((field) => `\`${field}\``);
  return `${beginning} ${names.slice(0, -1).join(", ")} and ${names.at(-1)}, as the [resource](#${type}) has them.`;
}
