import { type Attribute, Dynamic, isUnknown, type Type, UNKNOWN } from "../../../lib/tfplugin";
import { type Level, type NestedLevel, typeOfLevel } from "../../../lib/tfplugin/schema/level";
import { canon } from "./canon";
import type { Random } from "./random";

type Fields = Record<string, unknown>;

/** How likely a part of a value is unknown, in percent. */
type Unknowns = number;

/** A value of an attribute, neither null nor unknown as a whole. */
export function knownValue(random: Random, given: Attribute, unknowns: Unknowns = 0): unknown {
  if (given.nested) return nested(random, given.nested, (level) => configOf(random, level, unknowns));
  return someValue(random, given.type, unknowns, given);
}

/** A value of a type, which is not null. `given` knows which numbers may be large. */
function someValue(random: Random, type: Type, unknowns: Unknowns, given?: Attribute): unknown {
  const inner = (of: Type, element?: Attribute) => {
    if (random.chance(unknowns)) return UNKNOWN;
    return random.chance(10) ? null : someValue(random, of, unknowns, element);
  };
  switch (type) {
    case "string":
      return random.pick(["", "a", "b", "c", "한글", "true", "1", "long ".repeat(20)]);
    case "bool":
      return random.chance(50);
    case "number":
      return random.pick<unknown>(
        given?.anyPrecision
          ? [0, 2n ** 64n, -(2n ** 53n) - 1n, "0.1000000000000000055511151231257827", 1.5]
          : [0, 1, -1, 0.1, 1e21, 2 ** 31, 255],
      );
    case "dynamic":
      return randomDynamic(random);
  }
  switch (type[0]) {
    case "list":
      return random.list(2, () => inner(type[1], given?.element));
    case "set":
      return distinct(
        random.list(3, () => inner(type[1], given?.element)),
        type[1],
      );
    case "map":
      return Object.fromEntries(random.list(2, (index) => [`k${index}`, inner(type[1], given?.element)]));
    case "object":
      return Object.fromEntries(Object.entries(type[1]).map(([name, of]) => [name, inner(of)]));
    case "tuple":
      return type[1].map((of) => inner(of));
  }
}

function randomDynamic(random: Random): Dynamic {
  return random.pick([
    Dynamic.of("a"),
    Dynamic.of(1),
    Dynamic.of({ x: "a", y: [true, 2] }),
    new Dynamic(["list", "string"], ["a", "b"]),
    new Dynamic(["set", "number"], [1, 2]),
  ]);
}

/** What a user might write for an object: only what may be configured, with parts that are not known yet. */
export function configOf(random: Random, level: Level, unknowns: Unknowns): Fields {
  const config: Fields = {};
  for (const [name, attribute] of Object.entries(level.attributes)) {
    const { required, optional, default: preset } = attribute.options;
    const mayBeSet = required || optional || preset !== undefined;
    if (!mayBeSet || (!required && random.chance(40))) config[name] = null;
    else config[name] = random.chance(unknowns) ? UNKNOWN : knownValue(random, attribute, unknowns);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    if (block.nesting !== "group" && random.chance(unknowns / 2)) config[name] = UNKNOWN;
    else if (block.nesting === "single" && random.chance(30)) config[name] = null;
    else config[name] = nested(random, block, (inner) => configOf(random, inner, unknowns));
  }
  return config;
}

/** What a platform might have: anything, in every attribute. */
export function stateOf(random: Random, level: Level): Fields {
  const state: Fields = {};
  for (const [name, attribute] of Object.entries(level.attributes))
    state[name] = stateValue(random, attribute);
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    const absent = block.nesting === "single" && random.chance(30);
    state[name] = absent ? null : nested(random, block, (inner) => stateOf(random, inner));
  }
  return state;
}

/** A value that may be an attribute's default: whole, and with nothing write-only in it. */
export function defaultOf(random: Random, attribute: Attribute): unknown {
  if (!attribute.nested) return knownValue(random, attribute);
  return nested(random, attribute.nested, (inner) => stateOf(random, inner));
}

function stateValue(random: Random, attribute: Attribute): unknown {
  const { writeOnly, required } = attribute.options;
  if (writeOnly || (!required && random.chance(20))) return null;
  if (attribute.nested) return nested(random, attribute.nested, (inner) => stateOf(random, inner));
  return knownValue(random, attribute);
}

/**
 * What a platform chooses where the user may choose as well. Inside of a nested attribute that is only what the schema
 * calls computed, unless the whole is stable: Terraform takes anything else for something that the user has deleted.
 */
function chosenValue(random: Random, attribute: Attribute): unknown {
  const { optional, stable, default: preset } = attribute.options;
  const value = stateValue(random, attribute);
  const shared = (optional || preset !== undefined) && !stable;
  return attribute.nested && shared ? eachObject(attribute.nested, value, computedOnly) : value;
}

function computedOnly(level: Level, value: Fields): Fields {
  const result: Fields = {};
  for (const [name, { options, nested: inner }] of Object.entries(level.attributes)) {
    if (!options.computed) result[name] = null;
    else result[name] = inner ? eachObject(inner, value[name], computedOnly) : value[name];
  }
  return result;
}

function nested(random: Random, level: NestedLevel, one: (level: Level) => Fields): unknown {
  switch (level.nesting) {
    case "single":
    case "group":
      return one(level);
    case "list":
      return random.list(2, () => one(level));
    case "set":
      return distinct(
        random.list(2, () => one(level)),
        typeOfLevel(level),
        level,
      );
    case "map":
      return Object.fromEntries(random.list(2, (index) => [`k${index}`, one(level)]));
  }
}

/** Terraform knows no set with two equal elements; nor may they become equal by their defaults. */
export function distinct<T>(elements: readonly T[], type: Type, level?: Level): T[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const text = canon(level ? withDefaults(level, element as Fields) : element, type);
    if (seen.has(text) && !text.includes("?")) return false;
    seen.add(text);
    return true;
  });
}

function withDefaults(level: Level, config: Fields): Fields {
  const result = { ...config };
  for (const [name, { options, nested: inner }] of Object.entries(level.attributes)) {
    if ((config[name] ?? null) === null && options.default !== undefined) result[name] = options.default;
    else if (inner?.nesting === "single" && config[name] && !isUnknown(config[name]))
      result[name] = withDefaults(inner, config[name] as Fields);
  }
  return result;
}

/** The same configuration when everything in it is known. */
export function resolveConfig(random: Random, level: Level, config: Fields): Fields {
  const result: Fields = {};
  for (const [name, attribute] of Object.entries(level.attributes)) {
    const value = config[name];
    const { required } = attribute.options;
    if (isUnknown(value))
      result[name] = !required && random.chance(20) ? null : knownValue(random, attribute);
    else if (attribute.nested)
      result[name] = eachObject(attribute.nested, value, (inner, item) => resolveConfig(random, inner, item));
    else result[name] = resolveValue(random, value, attribute.type);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    const value = config[name];
    result[name] = isUnknown(value)
      ? nested(random, block, (inner) => configOf(random, inner, 0))
      : eachObject(block, value, (inner, item) => resolveConfig(random, inner, item));
  }
  return result;
}

/** What the platform makes of a plan: what is known comes true, and the rest is up to it. */
export function completePlan(random: Random, level: Level, plan: Fields): Fields {
  const result: Fields = {};
  for (const [name, attribute] of Object.entries(level.attributes)) {
    const value = plan[name];
    if (isUnknown(value)) result[name] = chosenValue(random, attribute);
    else if (attribute.nested)
      result[name] = eachObject(attribute.nested, value, (inner, item) => completePlan(random, inner, item));
    else result[name] = resolveValue(random, value, attribute.type);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    result[name] = eachObject(block, plan[name], (inner, item) => completePlan(random, inner, item));
  }
  return result;
}

/** Whether elements of a set have become one on the way: no configuration that has both fits that any more. */
export function hasMerged(level: Level, before: Fields, after: Fields): boolean {
  const inside = (nested: NestedLevel, one: unknown, other: unknown): boolean => {
    if (one === null || one === undefined || isUnknown(one) || other === null) return false;
    if (nested.nesting === "single" || nested.nesting === "group")
      return hasMerged(nested, one as Fields, other as Fields);
    const [left, right] = [Object.entries(one as object), other as Fields];
    if (left.length !== Object.keys(right).length) return true;
    return left.some(([key, item]) => !isUnknown(item) && hasMerged(nested, item, right[key] as Fields));
  };
  return (
    Object.entries(level.attributes).some(
      ([name, { nested }]) => nested && inside(nested, before[name], after[name]),
    ) || Object.entries(level.blocks ?? {}).some(([name, block]) => inside(block, before[name], after[name]))
  );
}

function resolveValue(random: Random, value: unknown, type: Type): unknown {
  if (isUnknown(value)) return someValue(random, type, 0);
  if (value === null || typeof type === "string") return value;
  switch (type[0]) {
    case "list":
      return (value as unknown[]).map((item) => resolveValue(random, item, type[1]));
    case "set":
      return distinct(
        (value as unknown[]).map((item) => resolveValue(random, item, type[1])),
        type[1],
      );
    case "map":
      return mapValues(value as Fields, (item) => resolveValue(random, item, type[1]));
    case "object":
      return mapValues(value as Fields, (item, name) => resolveValue(random, item, type[1][name]!));
    case "tuple":
      return (value as unknown[]).map((item, index) => resolveValue(random, item, type[1][index]!));
  }
}

/** The same for each object of a nested attribute or a block. */
export function eachObject(
  level: NestedLevel,
  value: unknown,
  change: (level: Level, item: Fields) => Fields,
): unknown {
  if (value === null || value === undefined || isUnknown(value)) return value ?? null;
  const each = (item: unknown) => (isUnknown(item) || item === null ? item : change(level, item as Fields));
  if (level.nesting === "list") return (value as unknown[]).map(each);
  if (level.nesting === "set") return changedElements(level, value as unknown[], each);
  return level.nesting === "map" ? mapValues(value as Fields, each) : each(value);
}

/** Elements that differed still do, if that is possible at all: two that become one fit no configuration any more. */
function changedElements(
  level: Level,
  elements: readonly unknown[],
  change: (item: unknown) => unknown,
): unknown[] {
  const type = typeOfLevel(level);
  let changed: unknown[] = [];
  for (let tries = 0; tries < 10; tries++) {
    changed = distinct(elements.map(change), type, level);
    if (changed.length === elements.length) break;
  }
  return changed;
}

function mapValues(fields: Fields, change: (value: unknown, key: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value, key)]));
}
