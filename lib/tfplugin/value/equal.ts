import { Dynamic, typeOf } from "./dynamic";
import { type Decimal, sameNumber } from "./number";
import { type Fields, isFields, type Type } from "./type";
import { isUnknown } from "./unknown";

/** Whether Terraform would see no difference: sets in any order, numbers in any form, unknown like unknown. */
export function equal(left: unknown, right: unknown, type: Type): boolean {
  if (left === right) return true;
  if (isUnknown(left) || isUnknown(right)) return isUnknown(left) && isUnknown(right);
  if (left === null || left === undefined) return right === null || right === undefined;
  if (right === null || right === undefined) return false;
  if (type === "dynamic") return equalDynamic(left, right);
  if (type === "number") return sameNumber(left as Decimal, right as Decimal);
  if (typeof type === "string") return false;
  switch (type[0]) {
    case "list":
      return equalLists(left, right, () => type[1]);
    case "tuple":
      return equalLists(left, right, (index) => type[1][index] ?? "dynamic");
    case "set":
      return equalSets(left, right, type[1]);
    case "map":
      return equalMaps(left, right, type[1]);
    case "object":
      return isFields(left) && isFields(right) && equalObjects(left, right, type[1]);
  }
}

function equalObjects(left: Fields, right: Fields, fields: { readonly [name: string]: Type }): boolean {
  for (const name in fields) if (!equal(left[name], right[name], fields[name]!)) return false;
  return true;
}

function equalDynamic(left: unknown, right: unknown): boolean {
  const a = left instanceof Dynamic ? left : new Dynamic(typeOf(left), left);
  const b = right instanceof Dynamic ? right : new Dynamic(typeOf(right), right);
  return sameType(a.type, b.type) && (a.type === "dynamic" || equal(a.value, b.value, a.type));
}

function sameType(left: Type, right: Type): boolean {
  if (typeof left === "string" || typeof right === "string") return left === right;
  if (left[0] !== right[0]) return false;
  if (left[0] !== "object") return JSON.stringify(left) === JSON.stringify(right);
  const a: Fields = left[1];
  const b = right[1] as Fields;
  return (
    Object.keys(a).length === Object.keys(b).length &&
    Object.keys(a).every((name) => Object.hasOwn(b, name) && sameType(a[name] as Type, b[name] as Type))
  );
}

function equalLists(left: unknown, right: unknown, typeAt: (index: number) => Type): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
  return left.every((element, index) => equal(element, right[index], typeAt(index)));
}

function equalMaps(left: unknown, right: unknown, type: Type): boolean {
  if (!isFields(left) || !isFields(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key], type));
}

const isText = (value: unknown) => typeof value === "string";

/** Terraform drops repeated elements of a set, so each side must contain the other, whatever the lengths. */
function equalSets(left: unknown, right: unknown, type: Type): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return false;
  if (left.every(isText) && right.every(isText)) {
    const a = new Set<unknown>(left);
    const b = new Set<unknown>(right);
    return a.size === b.size && left.every((element) => b.has(element));
  }
  const within = (elements: unknown[], other: unknown[]) =>
    elements.every((element) => other.some((candidate) => equal(element, candidate, type)));
  return within(left, right) && within(right, left);
}
