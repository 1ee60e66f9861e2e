import { collections, pageOf, pageOfNames } from "../../lib/contract";

const entity = (n: number, more: object = {}) => ({
  ...{ id: `f${n}`, createdAt: `2026-01-0${n}T00:00:00.000Z`, labels: {}, protocol: "tcp" },
  ...{ externalPort: 20_000 + 10 * n, portCount: 1 },
  ...more,
});
const entities = [
  entity(3, { labels: { tier: "web", "a.b/c": "x" } }),
  entity(1, { protocol: "udp", portCount: 5 }),
  entity(2, { labels: { tier: "web" } }),
];
const ids = (query: object) =>
  pageOf(collections.portForwards, entities, query, ({ id }, key) => key === `key-of-${id}`).items.map(
    ({ id }) => id,
  );

test("entities come oldest first, filtered as the collection says", () => {
  expect(ids({})).toEqual(["f1", "f2", "f3"]);
  expect(ids({ protocol: "udp" })).toEqual(["f1"]);
  expect(ids({ labels: "tier=web" })).toEqual(["f2", "f3"]);
  expect(ids({ labels: "tier=web,a.b/c=x" })).toEqual(["f3"]);
  expect(ids({ labels: "constructor=web" })).toEqual([]);
  // A range is found by each port that it covers; a query string carries text.
  for (const externalPort of [20_010, "20014"]) expect(ids({ externalPort })).toEqual(["f1"]);
  expect(ids({ externalPort: 20_015 })).toEqual([]);
  expect(ids({ idempotencyKey: "key-of-f2" })).toEqual(["f2"]);
});

test("pages go on behind the last one, also when that is gone", () => {
  const none = () => false;
  const first = pageOf(collections.portForwards, entities, { limit: 2 }, none);
  expect(first.items.map(({ id }) => id)).toEqual(["f1", "f2"]);
  const rest = entities.filter(({ id }) => id !== "f2");
  const second = pageOf(collections.portForwards, rest, { limit: 2, cursor: first.nextCursor }, none);
  expect(second).toEqual({ items: [entities[0]], nextCursor: null });
});

test("what is no filter is refused", () => {
  expect(() => ids({ colour: "red" })).toThrow(expect.objectContaining({ code: "invalid_argument" }));
  expect(() => ids({ limit: 0 })).toThrow(expect.objectContaining({ code: "invalid_argument" }));
});

test("catalogues come in the order of their names, in pages", () => {
  const names = ["small", "large", "medium"].map((name) => ({ name }));
  const first = pageOfNames(names, { limit: "2" });
  expect(first).toEqual({ items: [{ name: "large" }, { name: "medium" }], nextCursor: "medium" });
  expect(pageOfNames(names, { cursor: "medium" })).toEqual({ items: [{ name: "small" }], nextCursor: null });
  expect(() => pageOfNames(names, { limit: 0 })).toThrow("a page has 1 to 1000 items");
});
