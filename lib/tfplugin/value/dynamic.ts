import { isFields, type Type } from "./type";
import { Unknown } from "./unknown";

/**
 * A value of an attribute of type `dynamic`: the value together with the type it has this time.
 *
 * @example
 * return { ...plan, extra: Dynamic.of({ enabled: true, ports: [1, 2] }) };
 */
export class Dynamic {
  constructor(
    readonly type: Type,
    readonly value: unknown,
  ) {}

  /** Wraps a plain value. Arrays become tuples and objects become objects, as in a Terraform literal. */
  static of(value: unknown): Dynamic {
    return new Dynamic(typeOf(value), unwrapped(value));
  }
}

/** A dynamic value inside of one is its value alone: its type is a part of the outer type. */
function unwrapped(value: unknown): unknown {
  if (value instanceof Dynamic) return value.value;
  if (Array.isArray(value)) return value.map(unwrapped);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item)]));
}

/** The type that a Terraform literal of this value would have. */
export function typeOf(value: unknown): Type {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  if (value === null || value === undefined || value instanceof Unknown) return "dynamic";
  if (value instanceof Dynamic) return value.type;
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (isFields(value)) {
    return ["object", Object.fromEntries(Object.entries(value).map(([key, item]) => [key, typeOf(item)]))];
  }
  throw new TypeError(`A ${typeof value} has no Terraform type.`);
}
