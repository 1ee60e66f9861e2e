import { Dynamic } from "./dynamic";
import { TypeMismatch, writeMsgpack } from "./msgpack-writer";
import { isFields, type Type } from "./type";
import { isUnknown } from "./unknown";

/** The path to the deepest part of a value that does not fit its type. Runs only after encoding has failed. */
export function findMismatch(value: unknown, type: Type): readonly (string | number)[] {
  for (const [step, inner, innerType] of parts(value, type)) {
    try {
      writeMsgpack(inner, innerType);
    } catch (error) {
      if (!(error instanceof TypeMismatch || error instanceof TypeError)) throw error;
      return [step, ...findMismatch(inner, innerType)];
    }
  }
  return [];
}

function* parts(value: unknown, type: Type): Generator<readonly [string | number, unknown, Type]> {
  if (typeof type === "string" || isUnknown(value) || value instanceof Dynamic) return;
  if (Array.isArray(value) && (type[0] === "list" || type[0] === "set")) {
    for (const [index, element] of value.entries()) yield [index, element, type[1]];
  } else if (Array.isArray(value) && type[0] === "tuple") {
    for (const [index, element] of type[1].entries()) yield [index, value[index], element];
  } else if (isFields(value) && type[0] === "map") {
    for (const [key, element] of Object.entries(value)) yield [key, element, type[1]];
  } else if (isFields(value) && type[0] === "object") {
    for (const [name, element] of Object.entries(type[1])) yield [name, value[name], element];
  }
}
