import { equal } from "../value/equal";
import { isFields, type Type } from "../value/type";
import { hasUnknown, isUnknown } from "../value/unknown";

/** Where a result breaks what the plan promised. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly planned: unknown;
  readonly actual: unknown;
}

/**
 * Terraform's rule for results: what the plan knew must come true, and nothing may stay unknown.
 * Returns the deepest parts that break it, so that a message can name them.
 */
export function contradictions(
  planned: unknown,
  actual: unknown,
  type: Type,
  path: readonly (string | number)[] = [],
): Contradiction[] {
  const broken = [{ path, planned, actual }];
  if (isUnknown(planned)) return hasUnknown(actual) ? broken : [];
  if (isUnknown(actual)) return broken;
  if (planned === null || actual === null) return equal(planned, actual, type) ? [] : broken;
  if (typeof type === "string") return hasUnknown(planned) || equal(planned, actual, type) ? [] : broken;
  if (type[0] === "set") return setMatches(planned, actual, type[1]) ? [] : broken;
  if (Array.isArray(planned) && Array.isArray(actual)) {
    if (planned.length !== actual.length) return broken;
    const elementType = (index: number) =>
      type[0] === "tuple" ? (type[1][index] ?? "dynamic") : (type[1] as Type);
    return planned.flatMap((item, index) =>
      contradictions(item, actual[index], elementType(index), [...path, index]),
    );
  }
  if (!isFields(planned) || !isFields(actual)) return broken;
  if (type[0] === "object") {
    return Object.entries(type[1]).flatMap(([name, inner]) =>
      contradictions(planned[name] ?? null, actual[name] ?? null, inner, [...path, name]),
    );
  }
  const keys = Object.keys(planned);
  if (keys.length !== Object.keys(actual).length || !keys.every((key) => Object.hasOwn(actual, key)))
    return broken;
  return keys.flatMap((key) => contradictions(planned[key], actual[key], type[1] as Type, [...path, key]));
}

/**
 * Elements of a set have no identity: each must fit some element of the other side. Elements that were not known yet
 * may turn out to be the same, so there may be fewer in the end, but never more.
 */
function setMatches(planned: unknown, actual: unknown, type: Type): boolean {
  if (!Array.isArray(planned) || !Array.isArray(actual)) return false;
  if (hasUnknown(actual)) return false;
  const fits = (wanted: unknown, found: unknown) => contradictions(wanted, found, type).length === 0;
  return (
    planned.every((wanted) => actual.some((found) => fits(wanted, found))) &&
    actual.every((found) => planned.some((wanted) => fits(wanted, found))) &&
    (actual.length <= planned.length || distinct(actual, type).length <= planned.length)
  );
}

function distinct(elements: readonly unknown[], type: Type): unknown[] {
  return elements.filter(
    (element, index) => elements.findIndex((other) => equal(element, other, type)) === index,
  );
}
