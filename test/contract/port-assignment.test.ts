import fc from "fast-check";
import { overlap, type PortSpan } from "../../lib/contract";
import {
  type HighestTaken,
  lowerBandSize,
  type PortRange,
  spansNearby,
  spanToAssign,
} from "../../lib/contract/port-assignment";

const ranges = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 300 }))
  .map(([from, size]) => ({ from, to: Math.min(65535, from + size) }));

const nothingTaken: HighestTaken = () => undefined;
const takenIn =
  (ports: ReadonlySet<number>): HighestTaken =>
  ({ first, count }) => {
    for (let port = first + count - 1; port >= first; port--) if (ports.has(port)) return port;
    return undefined;
  };
const portsOf = ({ first, count }: PortSpan) => Array.from({ length: count }, (_, i) => first + i);
/** Every span of a size that is free, found by trying each. */
const freeSpans = ({ from, to }: PortRange, count: number, taken: ReadonlySet<number>) =>
  Array.from({ length: Math.max(0, to - from - count + 2) }, (_, i) => from + i).filter((first) =>
    portsOf({ first, count }).every((port) => !taken.has(port)),
  );

test.each([
  [{ from: 30000, to: 32767 }, 86],
  [{ from: 20000, to: 32767 }, 128],
  [{ from: 1000, to: 1099 }, 16],
  [{ from: 1000, to: 1015 }, 0],
])("the lower band of %j has %i ports, as KEP-3668 has it", (range, size) => {
  expect(lowerBandSize(range)).toBe(size);
});

test("what is assigned is free, consecutive and in the range, the upper band first, and found as long as there is one", () => {
  const steps = fc.array(
    fc.record({ count: fc.integer({ min: 1, max: 40 }), release: fc.option(fc.nat(), { nil: undefined }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(ranges, steps, (range, sequence) => {
      const upperBand = range.from + lowerBandSize(range);
      const held: PortSpan[] = [];
      let last: number | undefined;
      for (const { count, release } of sequence) {
        if (release !== undefined && held.length > 0) held.splice(release % held.length, 1);
        const taken = new Set(held.flatMap(portsOf));
        const first = spanToAssign(range, last, count, takenIn(taken));
        const free = freeSpans(range, count, taken);
        if (first === undefined) {
          expect(free).toEqual([]);
          continue;
        }
        expect(free).toContain(first);
        if (first < upperBand) expect(free.filter((port) => port >= upperBand)).toEqual([]);
        held.push({ first, count });
        last = first + count - 1;
      }
    }),
  );
});

test("released ports are assigned again only after all others had their turn", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 1, max: 10 }), (size, count) => {
      const range = { from: 5000, to: 5000 + size - 1 };
      const rounds = Math.floor((size - lowerBandSize(range)) / count);
      const seen = new Set<number>();
      let last: number | undefined;
      for (let i = 0; i < rounds; i++) {
        const first = spanToAssign(range, last, count, nothingTaken)!;
        for (const port of portsOf({ first, count })) seen.add(port);
        last = first + count - 1;
      }
      expect(seen.size).toBe(rounds * count);
    }),
  );
});

test("a full upper band falls back on the lower one, from its far end", () => {
  const range = { from: 1000, to: 1099 };
  const upper = new Set(portsOf({ first: 1016, count: 84 }));
  expect(spanToAssign(range, 1050, 1, takenIn(upper))).toBe(1015);
  expect(spanToAssign(range, 1050, 3, takenIn(upper))).toBe(1013);
  expect(spanToAssign(range, 1050, 17, takenIn(upper))).toBeUndefined();
});

test("what is offered nearby comes nearest first, is free, stays in the range and does not overlap", () => {
  const first = (spans: readonly PortSpan[]) => spans.map((span) => span.first);
  expect(first(spansNearby({ from: 10, to: 14 }, 12, 1, nothingTaken, 9))).toEqual([13, 11, 14, 10]);
  expect(first(spansNearby({ from: 10, to: 12 }, 80, 1, nothingTaken, 9))).toEqual([12, 11, 10]);
  expect(first(spansNearby({ from: 10, to: 12 }, 1, 1, nothingTaken, 2))).toEqual([10, 11]);
  expect(first(spansNearby({ from: 10, to: 40 }, 20, 10, takenIn(new Set([22])), 3))).toEqual([23, 12]);
  expect(spansNearby({ from: 10, to: 12 }, 11, 4, nothingTaken, 3)).toEqual([]);
  fc.assert(
    fc.property(
      ranges,
      fc.integer({ min: 1, max: 65535 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat(300)),
      (range, port, count, offsets) => {
        const taken = new Set(offsets.map((offset) => range.from + offset));
        const found = spansNearby(range, port, count, takenIn(taken), 3);
        const free = freeSpans(range, count, taken);
        for (const span of found) expect(free).toContain(span.first);
        for (const [i, span] of found.entries())
          for (const other of found.slice(i + 1)) expect(overlap(span, other)).toBe(false);
        expect(found.length > 0).toBe(free.some((start) => start !== port));
      },
    ),
  );
});
