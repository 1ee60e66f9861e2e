/**
 * A Terraform type, in the JSON form that the protocol and `terraform providers schema -json` use:
 * `"string"`, `["list", "number"]`, `["object", { name: "string" }]`, `["tuple", ["string", "bool"]]`.
 */
export type Type =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", Type]
  | ObjectType
  | readonly ["tuple", readonly Type[]];

/** An object type: every attribute is present in every value, null when it is not set. */
export type ObjectType = readonly ["object", { readonly [name: string]: Type }];

/** A decoded object or map. */
export type Fields = { readonly [name: string]: unknown };

/** Whether a value is an object or a map (and not null, unknown, dynamic or a list). */
export function isFields(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Asked this way, it holds for objects of another realm (a vm) too.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Sets a key that may be any text a user wrote, `__proto__` included. */
export function setField(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
