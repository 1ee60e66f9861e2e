import { PlatformError } from "./errors";

/**
 * Refuses a name that a platform's catalogue does not have, and offers those that it has, the closest first.
 * @throws PlatformError `unknown_image` or `unknown_flavor`
 */
export function guardKnownName(field: "image" | "flavor", name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const names = closestFirst(name, known);
  const offer = isClose(name, names[0]) ? `did you mean ${JSON.stringify(names[0])}? The` : "the";
  const shown = names.slice(0, mostShown).join(", ") || `no ${field}`;
  const more = names.length > mostShown ? ` and ${names.length - mostShown} more` : "";
  const text = `There is no ${field} ${JSON.stringify(name)}; ${offer} platform has ${shown}${more}.`;
  throw new PlatformError(`unknown_${field}`, text, {
    field: `/${field}`,
    details: { known: names },
  });
}

const mostShown = 10;

/** Whether one is likely to be the other, mistyped. */
function isClose(written: string, known: string | undefined): boolean {
  return known !== undefined && closeness(written, known) <= written.length / 3;
}

/** The one of some names that was probably meant; undefined when none is like it. */
export function closeName(written: string, names: readonly string[]): string | undefined {
  const alike = names.filter((name) => Math.abs(name.length - written.length) <= 2);
  const [closest] = closestFirst(written, alike);
  return isClose(written, closest) ? closest : undefined;
}

/** Names in the order of how close they come to one that was written, the closest first. */
export function closestFirst(written: string, names: readonly string[]): string[] {
  const distances = new Map(names.map((name) => [name, closeness(written, name)]));
  return [...names].sort((a, b) => distances.get(a)! - distances.get(b)!);
}

/** How many letters lie between two names; a name that holds what was written is as close as can be. */
function closeness(written: string, name: string): number {
  const [wanted, known] = [written.toLowerCase(), name.toLowerCase()];
  return known.includes(wanted) ? 0 : distance(wanted, known);
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
