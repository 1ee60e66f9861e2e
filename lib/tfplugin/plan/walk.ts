import type { Attribute, Level, NestedLevel } from "../schema/level";
import { type Fields, isFields } from "../value/type";
import { isUnknown } from "../value/unknown";
import { correlate } from "./correlate";

/** One attribute of a planned object, and the same attribute in the configuration and the prior state. */
export interface Place {
  readonly attribute: Attribute;
  readonly name: string;
  /** The path of the object that holds it. */
  readonly parent: readonly (string | number)[];
  readonly planned: unknown;
  readonly config: unknown;
  /** Null where there is no prior object. */
  readonly prior: unknown;
  /** Whether the object that holds this attribute existed before. */
  readonly existed: boolean;
}

/** Three views of one object. `planned` has the configuration's shape, so their elements match by position. */
export interface Views {
  readonly planned: Fields;
  readonly config: Fields;
  readonly prior: Fields | null;
}

/** The path of an attribute. Asked for rarely, so it is not made for each. */
export function pathOf({ parent, name }: Place): readonly (string | number)[] {
  return [...parent, name];
}

/** Whether the configuration leaves this attribute to the provider. */
export function isLeftToProvider({ attribute, config }: Place): boolean {
  return attribute.options.computed === true && config === null;
}

/**
 * Replaces the planned value of every attribute, at every depth, by what `change` returns.
 * What is inside of a nested attribute is visited only where the user wrote it: else the provider owns it whole.
 */
export function mapAttributes(
  level: Level,
  views: Views,
  change: (place: Place) => unknown,
  path: readonly (string | number)[] = [],
): Fields {
  const result: Record<string, unknown> = { ...views.planned };
  for (const name in level.attributes) {
    const attribute = level.attributes[name]!;
    const config = views.config[name] ?? null;
    const prior = views.prior?.[name] ?? null;
    const planned = result[name];
    const value = change({
      attribute,
      name,
      parent: path,
      planned,
      config,
      prior,
      existed: views.prior !== null,
    });
    result[name] =
      attribute.nested && config !== null
        ? mapNested(attribute.nested, value, config, prior, change, [...path, name])
        : value;
  }
  for (const name in level.blocks) {
    const prior = views.prior?.[name] ?? null;
    const at = [...path, name];
    result[name] = mapNested(
      level.blocks[name]!,
      result[name],
      views.config[name] ?? null,
      prior,
      change,
      at,
    );
  }
  return result;
}

function mapNested(
  level: NestedLevel,
  planned: unknown,
  config: unknown,
  prior: unknown,
  change: (place: Place) => unknown,
  path: readonly (string | number)[],
): unknown {
  const each = (item: unknown, written: unknown, before: unknown, at: readonly (string | number)[]) =>
    isFields(item) && isFields(written)
      ? mapAttributes(
          level,
          { planned: item, config: written, prior: isFields(before) ? before : null },
          change,
          at,
        )
      : item;
  if (planned === null || isUnknown(planned) || isUnknown(config)) return planned;
  if (level.nesting === "single" || level.nesting === "group") return each(planned, config, prior, path);
  if (level.nesting === "map") {
    if (!isFields(planned) || !isFields(config)) return planned;
    const before = isFields(prior) ? prior : {};
    const entries = Object.entries(planned);
    return Object.fromEntries(
      entries.map(([key, item]) => [key, each(item, config[key], before[key], [...path, key])]),
    );
  }
  if (!Array.isArray(planned) || !Array.isArray(config) || planned.length !== config.length) return planned;
  const elements: readonly unknown[] = Array.isArray(prior) ? prior : [];
  const before = level.nesting === "set" ? correlate(level, config, elements) : elements;
  return planned.map((item, index) => each(item, config[index], before[index], [...path, index]));
}
