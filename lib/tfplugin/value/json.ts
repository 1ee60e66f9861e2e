import { Dynamic } from "./dynamic";
import { parseDecimal } from "./number";
import { isFields, setField, type Type } from "./type";
import { isUnknown, UNKNOWN } from "./unknown";

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * `JSON.parse`, but integers beyond 2^53 become bigints. Only a text that has long numbers pays for it:
 * they are turned into marked strings first. The mark is random, so that no string of a user can pose as one.
 */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const mark = `number ${Math.random()} `;
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    /^-?\d{16,}$/.test(token) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? parseDecimal(value.slice(mark.length)) : value,
  );
}

/** From JSON (as in a state file) to the values that resource functions see. */
export function fromJson(value: unknown, type: Type): unknown {
  if (value === null || value === undefined) return null;
  if (isUnknown(value)) return UNKNOWN;
  if (type === "dynamic") {
    if (value instanceof Dynamic || !isFields(value)) return value;
    const inner = value.type as Type;
    return new Dynamic(inner, fromJson(value.value, inner));
  }
  if (type === "number" && typeof value === "string") return parseDecimal(value);
  if (typeof type === "string") return value;
  switch (type[0]) {
    case "list":
    case "set":
      return Array.isArray(value) ? value.map((element) => fromJson(element, type[1])) : value;
    case "tuple":
      return Array.isArray(value) ? type[1].map((element, index) => fromJson(value[index], element)) : value;
    case "map": {
      if (!isFields(value)) return value;
      const result: Record<string, unknown> = {};
      for (const key of Object.keys(value)) setField(result, key, fromJson(value[key], type[1]));
      return result;
    }
    case "object": {
      if (!isFields(value)) return value;
      const result: Record<string, unknown> = {};
      for (const name in type[1]) result[name] = fromJson(value[name], type[1][name]!);
      return result;
    }
  }
}
