import type { Level, NestedLevel } from "../schema/level";
import type { Path } from "../schema/path";
import { type Fields, isFields } from "../value/type";
import { isUnknown } from "../value/unknown";

type Steps = readonly (string | number)[];

const replacing = new WeakMap<Level, readonly (readonly [string, NestedLevel])[]>();

/** The nested attributes and blocks of a level in which something, at any depth, can need a new object. */
function replacingInside(level: Level): readonly (readonly [string, NestedLevel])[] {
  let found = replacing.get(level);
  if (!found) {
    found = nestedLevels(level).filter(
      ([, nested]) =>
        Object.values(nested.attributes).some(({ options }) => options.replace) ||
        replacingInside(nested).length > 0,
    );
    replacing.set(level, found);
  }
  return found;
}

function nestedLevels({ attributes, blocks = {} }: Level): (readonly [string, NestedLevel])[] {
  const nested = Object.entries(attributes).flatMap(([name, attribute]) =>
    attribute.nested ? [[name, attribute.nested] as const] : [],
  );
  return [...nested, ...Object.entries(blocks)];
}

/**
 * Nested objects and blocks that are not known yet as a whole, and hold an attribute that can need a new object. The
 * other rules ask attribute by attribute, and would first see it during apply, when it is too late.
 */
export function unknownReplacements(level: Level, planned: Fields, path: Steps = []): Path[] {
  return replacingInside(level).flatMap(([name, nested]) => {
    const at = [...path, name];
    const value = planned[name];
    if (value === null) return [];
    return objectsOf(nested, value).flatMap(([steps, item]) => {
      if (isUnknown(item)) return [[...at, ...steps]];
      return isFields(item) ? unknownReplacements(nested, item, [...at, ...steps]) : [];
    });
  });
}

function objectsOf(level: NestedLevel, value: unknown): (readonly [Steps, unknown])[] {
  if (Array.isArray(value)) return value.map((item, index) => [[index], item]);
  if (level.nesting !== "map" || !isFields(value)) return [[[], value]];
  return Object.entries(value).map(([key, item]) => [[key], item]);
}
