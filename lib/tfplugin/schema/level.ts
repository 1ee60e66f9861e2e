import type { ObjectType, Type } from "../value/type";
import type { AttributeOptions } from "./options";

declare const VALUE: unique symbol;

/** How nested objects are held. `group` exists for blocks only: a single one that is never null. */
export type Nesting = "single" | "group" | "list" | "set" | "map";

/** An attribute of a schema. Made by `attribute.string(…)` and its siblings. */
export interface Attribute<V = unknown, O = AttributeOptions> {
  readonly type: Type;
  readonly options: O;
  /** Of lists, sets and maps: what each element is; its validators run on each. */
  readonly element?: Attribute;
  /** Of numbers: whether one that no double holds exactly is let through. */
  readonly anyPrecision?: boolean;
  /** Of nested attributes: their own attributes. */
  readonly nested?: NestedLevel;
  /** Only for types: carries V. */
  readonly [VALUE]?: V;
}

/** Attributes by name. May be assembled at run time; types of values then are `unknown`. */
export type Attributes = { readonly [name: string]: Attribute };

/** A nested block of a schema. Made by `block.list(…)` and its siblings. */
export interface Block extends NestedLevel {
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Blocks by name. */
export type Blocks = { readonly [name: string]: Block };

/** One object of a schema: the root, the element of a block, or the element of a nested attribute. */
export interface Level {
  readonly attributes: Attributes;
  readonly blocks?: Blocks;
}

/** Objects below another one. */
export interface NestedLevel extends Level {
  readonly nesting: Nesting;
}

const types = new WeakMap<Level, ObjectType>();

/** The type of the objects of a level. */
export function typeOfLevel(level: Level): ObjectType {
  let type = types.get(level);
  if (!type) {
    const fields: Record<string, Type> = {};
    for (const [name, attribute] of Object.entries(level.attributes)) fields[name] = attribute.type;
    for (const [name, block] of Object.entries(level.blocks ?? {})) fields[name] = typeOfNested(block);
    type = ["object", fields];
    types.set(level, type);
  }
  return type;
}

/** The type of a block, or of a nested attribute. */
export function typeOfNested(level: NestedLevel): Type {
  const object = typeOfLevel(level);
  return level.nesting === "single" || level.nesting === "group" ? object : [level.nesting, object];
}

/** Whether a path leads through or to something sensitive, whose value no message may show. */
export function isSensitive(level: Level, path: Steps): boolean {
  return attributesAlong(level, path).some(({ options }) => options.sensitive || options.writeOnly);
}

/** Whether a path leads to a write-only attribute. */
export function isWriteOnly(level: Level, path: Steps): boolean {
  return attributesAlong(level, path).at(-1)?.options.writeOnly === true;
}

type Steps = readonly (string | number)[];

function attributesAlong(level: Level, path: Steps): Attribute[] {
  const found: Attribute[] = [];
  let at: Level | undefined = level;
  for (const step of path) {
    if (typeof step === "number" || !at) continue;
    const attribute: Attribute | undefined = at.attributes[step];
    if (attribute) found.push(attribute);
    // A step that is no name of this level is the key of a map: the level stays.
    at = attribute ? attribute.nested : (at.blocks?.[step] ?? at);
  }
  return found;
}
