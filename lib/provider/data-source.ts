import { type Collection, collections, forwardKey } from "../contract";
import { type Attribute, attribute, type DataSource, DiagnosticError, forClient } from "../tfplugin";
import { attributeOf } from "./attribute";
import { computed } from "./fact";
import { attributeName } from "./name";
import type { Session } from "./session";
import type { Values } from "./shape";
import type { Entity, SnapshotName } from "./snapshot";

const { defineDataSource } = forClient<Session>();

/** What changes without anybody changing anything has no place in a plan. */
const unsteady = new Set(["statistics", "revision"]);

const fieldsOf = (name: SnapshotName): string[] =>
  Object.keys(collections[name].entity.shape).filter((field) => !unsteady.has(field));

/** An object that exists as a data source; it is the one in which everything that is written in the block is so. */
export function singleSource(
  name: SnapshotName,
  description: string,
  { by }: { readonly by: readonly string[] },
): DataSource<Session> {
  const { noun } = collections[name];
  const selectors = by.map(attributeName);
  const attributes = attributesOf(name);
  for (const selector of selectors) attributes[selector] = selectable(attributes[selector]!);
  return defineDataSource({
    description,
    attributes,
    validate({ config, diagnostics }) {
      if (selectors.some((selector) => (config as Values)[selector] !== null)) return;
      diagnostics.error(`Which ${noun} is meant?`, `Set at least one of ${selectors.join(", ")}.`);
    },
    async read({ client, config, signal }) {
      const wanted = written(config as Values, selectors);
      const found = (await entitiesOf(client, name, wanted, signal)).filter((entity) =>
        matches(entity, wanted),
      );
      const [only, ...others] = found;
      if (only && others.length === 0) return valuesOf(name, only) as never;
      const meant = Object.entries(wanted).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
      throw new DiagnosticError({
        severity: "error",
        summary: only ? `More than one ${noun} is meant` : `There is no such ${noun}`,
        detail: only
          ? `${found.length} ${noun}s have ${meant.join(" and ")}. Say more, or choose one by its id:\n\n${found.slice(0, 10).map(line).join("\n")}`
          : `The platform has no ${noun} with ${meant.join(" and ")}. \`fairlead forward list\` shows what there is.\n\nCode: not_found.`,
      });
    },
  });
}

/** A list of objects that exist as a data source. */
export function listSource(
  name: Exclude<SnapshotName, "projects">,
  description: string,
  { filter }: { readonly filter: readonly string[] },
): DataSource<Session> {
  const filters = filter.map(attributeName);
  const item = attributesOf(name);
  const result = attributeName(name);
  return defineDataSource({
    description,
    attributes: {
      ...Object.fromEntries(
        filters.map((key) => [
          key,
          {
            ...item[key]!,
            options: {
              optional: true,
              description:
                key === "labels"
                  ? "Only those that bear each of these labels."
                  : `Only those with this ${key}.`,
            },
          },
        ]),
      ),
      [result]: attribute.nested.list(item, { computed: true, description: "What was found, oldest first." }),
    } as Record<string, Attribute>,
    async read({ client, config, signal }) {
      const wanted = written(config as Values, filters);
      const found = (await entitiesOf(client, name, wanted, signal)).filter((entity) =>
        matches(entity, wanted),
      );
      return { ...(config as Values), [result]: found.map((entity) => valuesOf(name, entity)) } as never;
    },
  });
}

function attributesOf(name: SnapshotName): Record<string, Attribute> {
  const collection: Collection = collections[name];
  return Object.fromEntries(
    fieldsOf(name).map((field) => [attributeName(field), attributeOf(collection, field, computed)]),
  );
}

function selectable(one: Attribute): Attribute {
  return { ...one, options: { ...one.options, optional: true } };
}

function written(config: Values, attributes: readonly string[]): Values {
  return Object.fromEntries(
    attributes.flatMap((name) =>
      config[name] === null || config[name] === undefined ? [] : [[name, config[name]]],
    ),
  );
}

async function entitiesOf(session: Session, name: SnapshotName, wanted: Values, signal: AbortSignal) {
  const project = wanted.project_id;
  const all = session.snapshots.all(name, typeof project === "string" ? project : undefined, signal);
  return session.understood(all, signal);
}

/** Labels match when the object bears each of them; everything else when it is the same. */
function matches(entity: Entity, wanted: Values): boolean {
  const values = entity as unknown as Values;
  return Object.entries(values).every(([field, value]) => {
    const given = wanted[attributeName(field)];
    if (given === undefined) return true;
    if (field !== "labels") return given === value;
    const labels = value as Values;
    return Object.entries(given as Values).every(([key, text]) => labels[key] === text);
  });
}

function valuesOf(name: SnapshotName, entity: Entity): Values {
  const values = entity as unknown as Values;
  return Object.fromEntries(fieldsOf(name).map((field) => [attributeName(field), values[field] ?? null]));
}

function line(entity: Entity): string {
  if ("externalPort" in entity) return `  ${entity.id}  ${forwardKey(entity)}  ${entity.description}`;
  return `  ${entity.id}  ${entity.name}  ${entity.description}`;
}
