import { Dynamic, isUnknown, type Type } from "../../../lib/tfplugin";

/**
 * One text for each value as Terraform sees it: sets have no order and no repeated elements, a number has one notation,
 * null is null. Two values with one text are equal (`RawEquals`). Shares nothing with the framework's own comparison.
 */
export function canon(value: unknown, type: Type): string {
  if (isUnknown(value)) return "?";
  if (value === null || value === undefined) return "~";
  if (type === "dynamic") return canonDynamic(value);
  if (type === "number") return canonNumber(String(typeof value === "number" ? exactly(value) : value));
  if (typeof type === "string") return JSON.stringify(value);
  const fields = value as { readonly [name: string]: unknown };
  switch (type[0]) {
    case "list":
      return `[${(value as unknown[]).map((item) => canon(item, type[1])).join()}]`;
    case "tuple":
      return `(${type[1].map((inner, index) => canon((value as unknown[])[index], inner)).join()})`;
    case "set":
      return `{${canonElements(value as unknown[], type[1])
        .sort()
        .join()}}`;
    case "map": {
      const entries = Object.keys(fields).map(
        (key) => `${JSON.stringify(key)}:${canon(fields[key], type[1])}`,
      );
      return `{${entries.sort().join()}}`;
    }
    case "object": {
      const entries = Object.entries(type[1]).map(([name, inner]) => `${name}:${canon(fields[name], inner)}`);
      return `<${entries.sort().join()}>`;
    }
  }
}

/** The elements of a set. Those with something unknown in them are never taken for the same. */
export function canonElements(elements: readonly unknown[], type: Type): string[] {
  const texts = elements.map((element) => canon(element, type));
  const known = texts.filter((text) => !text.includes("?"));
  return [...new Set(known), ...texts.filter((text) => text.includes("?"))];
}

function canonDynamic(value: unknown): string {
  const { type, value: inner } = value as Dynamic;
  if (!(value instanceof Dynamic)) throw new Error(`no dynamic value: ${JSON.stringify(value)}`);
  return `${canonType(type)}=${canon(inner, type)}`;
}

/** Whether two dynamic values have the same type. */
export function canonType(type: Type): string {
  if (typeof type === "string") return type;
  const [kind, inner] = type;
  if (kind === "tuple") return `tuple(${inner.map(canonType).join()})`;
  if (kind !== "object") return `${kind}(${canonType(inner as Type)})`;
  const fields = Object.entries(inner as { [name: string]: Type });
  return `object(${fields
    .map(([name, field]) => `${name}=${canonType(field)}`)
    .sort()
    .join()})`;
}

function exactly(value: number): number | bigint {
  return Number.isInteger(value) ? BigInt(value) : value;
}

function canonNumber(text: string): string {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const negative = mantissa.startsWith("-");
  const [whole = "", fraction = ""] = mantissa.replace(/^[+-]/, "").split(".");
  let digits = BigInt(whole + fraction);
  let scale = BigInt(exponent) - BigInt(fraction.length);
  if (digits === 0n) return "0";
  while (digits % 10n === 0n) {
    digits /= 10n;
    scale += 1n;
  }
  return `${negative ? "-" : ""}${digits}e${scale}`;
}
