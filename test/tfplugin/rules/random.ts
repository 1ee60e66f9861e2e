import * as fc from "fast-check";

type Draw = (arbitrary: () => fc.Arbitrary<number>) => number;

const below = new Map<number, () => fc.Arbitrary<number>>();

function natBelow(limit: number): () => fc.Arbitrary<number> {
  let arbitrary = below.get(limit);
  if (!arbitrary) {
    arbitrary = () => fc.nat({ max: limit - 1 });
    below.set(limit, arbitrary);
  }
  return arbitrary;
}

/** Choices that fast-check makes, and makes simpler when something fails: 0, the first, no. */
export class Random {
  constructor(private readonly draw: Draw) {}

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.draw(natBelow(limit));
  }

  /** True with a probability of `percent`. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Up to `most` items. */
  list<T>(most: number, make: (index: number) => T): T[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    const result: T[] = [];
    while (left.length > 0) result.push(...left.splice(this.below(left.length), 1));
    return result;
  }
}
