/** Names in the order of how close they come to one that was written, the closest first. */
export function closestFirst(written: string, names: readonly string[]): string[] {
  const distances = new Map(names.map((name) => [name, distance(written.toLowerCase(), name.toLowerCase())]));
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
