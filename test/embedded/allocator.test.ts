import fc from "fast-check";
import { assignmentOrder, firstFree, lowerBandSize, nearbyOrder } from "../../lib/embedded/allocator";

const ranges = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 0, max: 3000 }))
  .map(([from, size]) => ({ from, to: Math.min(65535, from + size) }));

test.each([
  [{ from: 30000, to: 32767 }, 86],
  [{ from: 20000, to: 32767 }, 128],
  [{ from: 1000, to: 1099 }, 16],
  [{ from: 1000, to: 1015 }, 0],
])("the lower band of %j has %i ports, as KEP-3668 has it", (range, size) => {
  expect(lowerBandSize(range)).toBe(size);
});

test("every port of the range comes exactly once, the upper band first", () => {
  fc.assert(
    fc.property(ranges, fc.option(fc.integer({ min: 1, max: 65535 }), { nil: undefined }), (range, last) => {
      const order = [...assignmentOrder(range, last)];
      expect(order).toHaveLength(range.to - range.from + 1);
      expect(new Set(order).size).toBe(order.length);
      const firstOfUpper = range.from + lowerBandSize(range);
      const upper = order.slice(0, range.to - firstOfUpper + 1);
      expect(upper.every((port) => port >= firstOfUpper && port <= range.to)).toBe(true);
    }),
  );
});

test("a released port is assigned again only after all others had their turn", () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 200 }), (size) => {
      const range = { from: 5000, to: 5000 + size - 1 };
      const upperSize = size - lowerBandSize(range);
      let last: number | undefined;
      const seen: number[] = [];
      for (let i = 0; i < upperSize; i++) {
        [last] = firstFree(assignmentOrder(range, last), () => true, 1);
        seen.push(last!);
      }
      expect(new Set(seen).size).toBe(upperSize);
    }),
  );
});

test("a full upper band falls back on the lower one, from its far end", () => {
  const range = { from: 1000, to: 1099 };
  const isFree = (port: number) => port < 1016;
  expect(firstFree(assignmentOrder(range, 1050), isFree, 2)).toEqual([1015, 1014]);
});

test("ports nearby come nearest first and stay in the range", () => {
  expect([...nearbyOrder({ from: 10, to: 14 }, 12)]).toEqual([13, 11, 14, 10]);
  expect([...nearbyOrder({ from: 10, to: 12 }, 80)]).toEqual([12, 11, 10]);
  expect([...nearbyOrder({ from: 10, to: 12 }, 1)]).toEqual([10, 11, 12]);
});
