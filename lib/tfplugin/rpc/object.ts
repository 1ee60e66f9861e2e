import type { Diagnostics } from "../diagnostics";
import { conform, conformWhole } from "../schema/conform";
import { type Level, typeOfLevel } from "../schema/level";
import { pathText } from "../schema/path";
import { decodeValue, encodeValue } from "../value/dynamic-value";
import { findMismatch } from "../value/mismatch";
import { TypeMismatch } from "../value/msgpack-writer";
import { type Fields, isFields, type ObjectType, setField } from "../value/type";
import { isUnknown } from "../value/unknown";
import type { Message } from "../wire/messages";

/** The null object: nothing exists, or nothing shall. */
export const NOTHING: Message<"DynamicValue"> = encodeValue(null, ["object", {}]);

/** An object from the wire, or null. */
export function decodeObject(wire: Message<"DynamicValue"> | undefined, level: Level): Fields | null {
  const value = decodeValue(wire, typeOfLevel(level));
  return isFields(value) ? value : null;
}

/**
 * A plan or state for the wire. A value of a wrong type is reported with its path, and null takes its place:
 * the rest, an id above all, must not be lost for it.
 */
export function encodeObject(level: Level, value: Fields, diagnostics: Diagnostics): Message<"DynamicValue"> {
  const type = typeOfLevel(level);
  const object = conformWhole(level, value);
  try {
    return encodeValue(object, type);
  } catch (error) {
    if (!(error instanceof TypeMismatch || error instanceof TypeError)) throw error;
    const path = findMismatch(object, type);
    diagnostics.error(
      `The provider returned a wrong value for ${pathText(path, type)}`,
      `${error.message}. This is a mistake in the provider; report it to its authors.`,
      path,
    );
    return encodeValue(conform(level, withoutMismatches(object, type)), type);
  }
}

function withoutMismatches(object: Fields, type: ObjectType): Fields {
  const fits = ([name, inner]: [string, ObjectType[1][string]]) => {
    try {
      return encodeValue(object[name], inner) !== undefined;
    } catch {
      return false;
    }
  };
  return Object.fromEntries(
    Object.entries(type[1]).map((entry) => [entry[0], fits(entry) ? object[entry[0]] : null]),
  );
}

/** A state holds nothing unknown: null takes its place, at every depth. */
export function withoutUnknowns(value: unknown): unknown {
  if (isUnknown(value)) return null;
  if (Array.isArray(value)) return value.map(withoutUnknowns);
  if (!isFields(value)) return value;
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setField(result, key, withoutUnknowns(item));
  return result;
}
