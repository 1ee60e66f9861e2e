import { type Fields, isFields } from "../value/type";
import { isUnknown } from "../value/unknown";
import type { Level, NestedLevel } from "./level";

/**
 * Brings an object into the form that Terraform insists on. Every plan and state of every answer passes through here,
 * and nothing else does this:
 * - write-only attributes are null (one that leaks into the state makes the object unusable, and shows a secret);
 * - attributes that are missing are null;
 * - lists, sets and maps of blocks are empty rather than null: newer cores see a change otherwise.
 */
export function conform(level: Level, value: Fields): Fields {
  const result: Record<string, unknown> = {};
  for (const name in level.attributes) {
    const attribute = level.attributes[name]!;
    const item = value[name] ?? null;
    if (attribute.options.writeOnly) result[name] = null;
    else result[name] = attribute.nested ? mapObjects(attribute.nested, item, conform) : item;
  }
  for (const name in level.blocks) {
    const block = level.blocks[name]!;
    result[name] = mapObjects(block, value[name] ?? empty(block), conform);
  }
  return result;
}

/** `conform` for an object that has all its attributes, or that is about to be encoded, which fills in what is missing. */
export function conformWhole(level: Level, value: Fields): Fields {
  return mayNeedConforming(level) ? conform(level, value) : value;
}

/** Whether an object, as JSON or decoded, would leave `conform` as it is but for attributes that are missing. */
export function isConformed(level: Level, value: Fields): boolean {
  for (const name in level.attributes) {
    const { options, nested } = level.attributes[name]!;
    const item = value[name] ?? null;
    if (item === null) continue;
    if (options.writeOnly || (nested && !everyObject(nested, item, isConformed))) return false;
  }
  for (const name in level.blocks) {
    const block = level.blocks[name]!;
    const item = value[name] ?? null;
    if (item === null ? block.nesting !== "single" : !everyObject(block, item, isConformed)) return false;
  }
  return true;
}

const mayNeed = new WeakMap<Level, boolean>();

/** Whether any object of a level can need `conform`: it has write-only attributes, or blocks that are never null. */
export function mayNeedConforming(level: Level): boolean {
  let may = mayNeed.get(level);
  if (may === undefined) {
    may =
      Object.values(level.attributes).some(
        ({ options, nested }) => options.writeOnly || (nested !== undefined && mayNeedConforming(nested)),
      ) ||
      Object.values(level.blocks ?? {}).some(
        (block) => block.nesting !== "single" || mayNeedConforming(block),
      );
    mayNeed.set(level, may);
  }
  return may;
}

function everyObject(
  level: NestedLevel,
  value: unknown,
  test: (level: Level, value: Fields) => boolean,
): boolean {
  const each = (item: unknown) => !isFields(item) || test(level, item);
  if (Array.isArray(value)) return value.every(each);
  return level.nesting === "map" && isFields(value) ? Object.values(value).every(each) : each(value);
}

function empty(block: NestedLevel): unknown {
  if (block.nesting === "list" || block.nesting === "set") return [];
  return block.nesting === "single" ? null : {};
}

/** Applies a function to each object of a nested attribute or block. What is null or unknown stays. */
export function mapObjects(
  level: NestedLevel,
  value: unknown,
  change: (level: Level, value: Fields) => Fields,
): unknown {
  const each = (item: unknown) => (isFields(item) ? change(level, item) : item);
  if (isUnknown(value) || value === null) return value;
  if (level.nesting === "list" || level.nesting === "set")
    return Array.isArray(value) ? value.map(each) : value;
  if (level.nesting !== "map" || !isFields(value)) return each(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item)]));
}
