import type { Level, NestedLevel } from "../schema/level";
import { equal } from "../value/equal";
import { type Fields, isFields } from "../value/type";
import { isUnknown } from "../value/unknown";

/**
 * The prior element that each configured element of a set continues, or null. Elements have no identity; one continues
 * another that agrees in everything the user wrote, as in Terraform itself. Where several would do, as many as possible
 * find one: an element that is left without would be planned as new, again and again. For the same reason one that has
 * its defaults comes before one that has drifted from them.
 */
export function correlate(
  level: Level,
  config: readonly unknown[],
  prior: readonly unknown[],
): readonly unknown[] {
  const takenBy = new Map<number, number>();
  const match = (strict: boolean, left: readonly number[], free: readonly number[]) => {
    const partners = config.map((written, index) =>
      left.includes(index) && isFields(written)
        ? free.filter((at) => fits(level, written, prior[at], strict))
        : [],
    );
    for (const index of left) claim(index, partners, takenBy, new Set());
  };
  match(true, [...config.keys()], [...prior.keys()]);
  const matched = new Set(takenBy.values());
  if (matched.size < Math.min(config.length, prior.length)) {
    const free = [...prior.keys()].filter((at) => !takenBy.has(at));
    match(
      false,
      [...config.keys()].filter((index) => !matched.has(index)),
      free,
    );
  }
  const result: unknown[] = config.map(() => null);
  for (const [candidate, index] of takenBy) result[index] = prior[candidate];
  return result;
}

function fits(level: Level, written: Fields, candidate: unknown, strict: boolean): boolean {
  return isFields(candidate) && agrees(level, written, candidate, strict);
}

/** Takes a partner that is free, or whose owner finds another one. */
function claim(
  index: number,
  partners: readonly (readonly number[])[],
  takenBy: Map<number, number>,
  tried: Set<number>,
): boolean {
  for (const candidate of partners[index]!) {
    if (tried.has(candidate)) continue;
    tried.add(candidate);
    const owner = takenBy.get(candidate);
    if (owner !== undefined && !claim(owner, partners, takenBy, tried)) continue;
    takenBy.set(candidate, index);
    return true;
  }
  return false;
}

/** Whether an object is what the user wrote, completed by the provider. Strictly, it also has its defaults. */
function agrees(level: Level, written: Fields, candidate: Fields, strict: boolean): boolean {
  for (const name in level.attributes) {
    const { type, options, nested } = level.attributes[name]!;
    const wanted = written[name] ?? null;
    const found = candidate[name] ?? null;
    if (wanted === null && options.default !== undefined) {
      if (strict && !equal(options.default, found, type)) return false;
      continue;
    }
    if (options.writeOnly || (options.computed && wanted === null)) continue;
    if (nested ? !nestedAgrees(nested, wanted, found, strict) : !equal(wanted, found, type)) return false;
  }
  for (const name in level.blocks) {
    if (!nestedAgrees(level.blocks[name]!, written[name] ?? null, candidate[name] ?? null, strict))
      return false;
  }
  return true;
}

function nestedAgrees(level: NestedLevel, written: unknown, candidate: unknown, strict: boolean): boolean {
  if (written === null || candidate === null || isUnknown(written)) return written === candidate;
  const one = (item: unknown, other: unknown) =>
    isFields(item) && isFields(other) ? agrees(level, item, other, strict) : item === other;
  if (Array.isArray(written)) {
    if (!Array.isArray(candidate) || written.length !== candidate.length) return false;
    if (level.nesting === "list") return written.every((item, index) => one(item, candidate[index]));
    return !correlate(level, written, candidate).includes(null);
  }
  if (level.nesting !== "map" || !isFields(written) || !isFields(candidate)) return one(written, candidate);
  const keys = Object.keys(written);
  return (
    keys.length === Object.keys(candidate).length &&
    keys.every((key) => Object.hasOwn(candidate, key) && one(written[key], candidate[key]))
  );
}
