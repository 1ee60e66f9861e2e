import { isUnknown } from "../../../lib/tfplugin";
import {
  type Attribute,
  type Level,
  type NestedLevel,
  typeOfLevel,
} from "../../../lib/tfplugin/schema/level";
import { canon } from "./canon";

type Fields = { readonly [name: string]: unknown };

/**
 * What Terraform proposes to the provider: `objchange.ProposedNew` of Terraform 1.11. The configuration, and the prior
 * value where the configuration is null and the attribute computed.
 */
export function proposedNew(level: Level, prior: Fields | null, config: Fields): Fields {
  const proposed: Record<string, unknown> = { ...proposedAttributes(level, prior, config) };
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    const written = config[name] ?? null;
    const stays = isUnknown(written) || (written === null && block.nesting === "single");
    proposed[name] = stays ? written : proposedNested(block, prior?.[name] ?? null, written ?? {});
  }
  return proposed;
}

function proposedAttributes({ attributes }: Level, prior: Fields | null, config: Fields): Fields {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => {
      const [before, written] = [prior?.[name] ?? null, config[name] ?? null];
      // Where Terraform takes a value for deleted by the user, a stable attribute keeps it all the same.
      if (attribute.options.computed && written === null)
        return [name, !attribute.options.stable && cameFromConfiguration(attribute, before) ? null : before];
      if (attribute.nested && written !== null && !isUnknown(written))
        return [name, proposedNested(attribute.nested, before, written)];
      return [name, written];
    }),
  );
}

function proposedNested(nested: NestedLevel, prior: unknown, config: unknown): unknown {
  const each = (before: unknown, written: unknown) =>
    isUnknown(written) || written === null
      ? written
      : proposedNew(nested, (before ?? null) as Fields, written as Fields);
  switch (nested.nesting) {
    case "single":
    case "group":
      return each(prior, config);
    case "list":
      return (config as unknown[]).map((written, index) =>
        each((prior as unknown[] | null)?.[index], written),
      );
    case "map":
      return Object.fromEntries(
        Object.entries(config as Fields).map(([key, written]) => [
          key,
          each((prior as Fields | null)?.[key], written),
        ]),
      );
    case "set": {
      const left = [...((prior ?? []) as Fields[])];
      return (config as Fields[]).map((written) => {
        const at = left.findIndex((candidate) => isValidPrior(nested, candidate, written));
        return each(at < 0 ? null : left.splice(at, 1)[0], written);
      });
    }
  }
}

/** `optionalValueNotComputable`: the prior value holds something that only a user can have written. */
function cameFromConfiguration({ nested, options }: Attribute, prior: unknown): boolean {
  const optional = options.optional || options.default !== undefined;
  return optional === true && nested !== undefined && holdsConfigured(nested, prior);
}

function holdsConfigured(level: NestedLevel, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  const objects =
    level.nesting === "single" ? [value] : Array.isArray(value) ? value : Object.values(value as object);
  return objects.some((object: Fields) =>
    Object.entries(level.attributes).some(([name, { nested, options }]) => {
      if ((object?.[name] ?? null) === null) return false;
      return !options.computed || (nested !== undefined && holdsConfigured(nested, object[name]));
    }),
  );
}

/** `validPriorFromConfig`: the prior element is the configured one, with computed values added and no others changed. */
export function isValidPrior(level: Level, prior: Fields, config: Fields): boolean {
  const attributes = Object.entries(level.attributes).every(([name, { type, nested, options }]) => {
    const [before, written] = [prior[name] ?? null, config[name] ?? null];
    if (canon(before, type) === canon(written, type)) return true;
    // Terraform takes this for leaves only, not for sets and nested attributes, and never looks into sets of sets.
    // They are as much the provider's, and an element that is not found again would be planned anew for ever.
    if (options.computed && written === null) return true;
    return nested !== undefined && eachIsValid(nested, before, written);
  });
  return (
    attributes &&
    Object.entries(level.blocks ?? {}).every(([name, block]) => {
      const [before, written] = [prior[name] ?? null, config[name] ?? null];
      const object = typeOfLevel(block);
      const type =
        block.nesting === "single" || block.nesting === "group" ? object : ([block.nesting, object] as const);
      if (canon(before, type) === canon(written, type)) return true;
      return eachIsValid(block, before, written);
    })
  );
}

function eachIsValid(level: NestedLevel, prior: unknown, config: unknown): boolean {
  // Nothing to walk in the prior value: nothing contradicts.
  if (prior === null) return true;
  if (config === null || isUnknown(config)) return false;
  if (level.nesting === "single" || level.nesting === "group")
    return isValidPrior(level, prior as Fields, config as Fields);
  if (level.nesting === "set") {
    const [left, right] = [prior as Fields[], config as Fields[]];
    const valid = (before: Fields, written: Fields) =>
      !isUnknown(written) && isValidPrior(level, before, written);
    return (
      left.length === right.length &&
      right.every((written) => left.some((before) => valid(before, written))) &&
      left.every((before) => right.some((written) => valid(before, written)))
    );
  }
  return Object.entries(prior as object).every(([key, before]) => {
    const written = (config as Fields)[key] ?? null;
    return (
      written !== null && !isUnknown(written) && isValidPrior(level, before as Fields, written as Fields)
    );
  });
}
