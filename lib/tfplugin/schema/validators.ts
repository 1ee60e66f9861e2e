import type { Validator } from "./options";

/**
 * The value is one of a list.
 *
 * @example
 * protocol: attribute.string({ required: true, validate: [oneOf("tcp", "udp")] })
 */
export function oneOf<V extends string | number>(...allowed: readonly V[]): Validator<string | number> {
  const list = allowed.map((value) => JSON.stringify(value)).join(", ");
  return (value) =>
    allowed.includes(value as V) ? undefined : `${JSON.stringify(value)} is not allowed. Use one of ${list}.`;
}

/**
 * The number lies in a range, both ends included.
 *
 * @example
 * port: attribute.number({ required: true, validate: [between(1, 65535)] })
 */
export function between(least: number, most: number): Validator<number> {
  return (value) =>
    value >= least && value <= most ? undefined : `${value} is not within ${least} to ${most}.`;
}

/** The number has no fraction. */
export function integer(): Validator<number> {
  return (value) => (Number.isInteger(value) ? undefined : `${value} is not a whole number.`);
}

/**
 * The text has a length within a range, in characters (Unicode code points), both ends included;
 * or the list, set or map has that many elements.
 */
export function size(least: number, most: number): Validator<string | readonly unknown[] | object> {
  return (value) => {
    const count = typeof value === "string" ? [...value].length : Object.keys(value).length;
    if (count >= least && count <= most) return undefined;
    const unit = typeof value === "string" ? "characters" : "elements";
    return `It has ${count} ${unit}; ${least} to ${most} are allowed.`;
  };
}

/**
 * The text matches a pattern. `what` names the pattern for people.
 *
 * @example
 * name: attribute.string({ required: true, validate: [matches(/^[a-z][a-z0-9-]*$/, "lower-case letters, digits and hyphens")] })
 */
export function matches(pattern: RegExp, what: string): Validator<string> {
  return (value) => (pattern.test(value) ? undefined : `${JSON.stringify(value)} does not fit: use ${what}.`);
}
