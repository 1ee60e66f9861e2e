import fc from "fast-check";
import { forwardKey, maxPortCount, overlap, rangeProblem, spanText } from "../../lib/contract";

const spans = fc
  .tuple(fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: maxPortCount }))
  .map(([first, count]) => ({ first, count }));

test("two spans overlap when they share a port, whichever is named first", () => {
  fc.assert(
    fc.property(
      spans,
      fc.integer({ min: -1100, max: 1100 }),
      fc.integer({ min: 1, max: 20 }),
      (one, by, count) => {
        const other = { first: one.first + by, count };
        const ports = new Set(Array.from({ length: one.count }, (_, i) => one.first + i));
        const shared = Array.from({ length: count }, (_, i) => other.first + i).some((port) =>
          ports.has(port),
        );
        expect(overlap(one, other)).toBe(shared);
        expect(overlap(other, one)).toBe(shared);
      },
    ),
  );
});

test("a forward is called by its address, ports and protocol", () => {
  const forward = { externalIp: "203.0.113.5", externalPort: 6000, portCount: 1, protocol: "tcp" };
  expect(forwardKey(forward)).toBe("203.0.113.5:6000/tcp");
  expect(forwardKey({ ...forward, portCount: 11 })).toBe("203.0.113.5:6000-6010/tcp");
  expect(forwardKey({ ...forward, externalIp: "2001:db8::1" })).toBe("[2001:db8::1]:6000/tcp");
  expect(spanText({ first: 7, count: 2 })).toBe("7-8");
});

test("a range ends at 65535 at the latest, inside and outside", () => {
  const fits = { internalPort: 65_035, portCount: 501 };
  expect(rangeProblem(fits)).toBeUndefined();
  expect(rangeProblem({ ...fits, externalPort: 20_000 })).toBeUndefined();
  expect(rangeProblem({ ...fits, portCount: 502 })).toEqual({
    path: ["portCount"],
    message: "portCount is 502, but a range that begins at internalPort 65035 has at most 501 ports.",
  });
  expect(rangeProblem({ internalPort: 1, externalPort: 65_535, portCount: 2 })?.message).toBe(
    "portCount is 2, but a range that begins at externalPort 65535 has at most 1 ports.",
  );
});
