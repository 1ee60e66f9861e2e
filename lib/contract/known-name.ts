import { PlatformError } from "./errors";

/**
 * Refuses a name that a platform's catalogue does not have, and offers those that it has, the closest first.
 * @throws PlatformError `unknown_image` or `unknown_flavor`
 */
export function guardKnownName(field: "image" | "flavor", name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const [closest, ...others] = closestFirst(name, known);
  const offer =
    closest === undefined
      ? `the platform has no ${field}s`
      : `did you mean ${JSON.stringify(closest)}?${others.length > 0 ? ` The platform also has ${others.slice(0, 10).join(", ")}` : ""}`;
  throw new PlatformError(`unknown_${field}`, `There is no ${field} ${JSON.stringify(name)}; ${offer}.`, {
    field: `/${field}`,
    details: { known: closest === undefined ? [] : [closest, ...others] },
  });
}

/** Names in the order of how close they come to one that was written: those that contain it, then by letters. */
export function closestFirst(written: string, names: readonly string[]): string[] {
  const wanted = written.toLowerCase();
  const closeness = (name: string) => (name.includes(wanted) ? 0 : distance(wanted, name));
  const distances = new Map(names.map((name) => [name, closeness(name.toLowerCase())]));
  return [...names].sort((a, b) => distances.get(a)! - distances.get(b)!);
}

/** How many letters have to be put in, left out or replaced to turn one word into the other (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (to[j] === letter ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
}
