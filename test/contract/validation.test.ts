import { collections, PlatformError, parse } from "../../lib/contract";

const schema = collections.projects.create;

/** What is said of a project's name. */
function said(name: unknown, more: object = {}): string {
  try {
    parse(schema, { name, ...more });
  } catch (error) {
    expect(error).toBeInstanceOf(PlatformError);
    return (error as PlatformError).message;
  }
  throw new Error("It is allowed.");
}

test.each([
  ["a number", 7, "name is 7, but"],
  ["a text that is too long", "x".repeat(300), `name is "${"x".repeat(76)}..., but`],
  ["what JSON has no words for", 7n, "name is 7n, but"],
  ["a function", () => 7, "name is [Function"],
])("what was given is shown: %s", (_, name, text) => {
  expect(said(name)).toContain(text);
});

test("an object that holds itself is refused like any other", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(said(circle)).toContain("name is <ref *1> { self: [Circular *1] }, but");
});

test("of many problems the first ones are told, and how many more there are", () => {
  const unknown = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`deletionPro${i}`, i]));
  const labels = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`k${i}`, i]));
  const text = said("ai-lab", { ...unknown, labels });
  expect(text).toMatch(/ There are 890 more problems\.$/);
  expect(text.length).toBeLessThan(5_000);
  expect(text.match(/labels\.k\d is/g)).toHaveLength(10);
  expect(text.match(/deletionPro\d+ is not a field that can be set here/g)).toHaveLength(10);
});

test.each([
  [
    "fields",
    Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`deletionPro${i}`, i])),
    "The value",
  ],
  ["entries of a list", { labels: Array.from({ length: 100_000 }) }, "labels"],
  ["entries of a map", { labels: Object.fromEntries(Object.entries("x".repeat(100_000))) }, "labels"],
])("what is larger than anything here is refused in no time: %s", (_, value, what) => {
  const input = { name: "ai-lab", ...value };
  const began = performance.now();
  expect(() => parse(schema, input)).toThrow(
    new RegExp(`^${what} has 10000[01] entries, and nothing here has more than 1000\\.$`),
  );
  expect(performance.now() - began).toBeLessThan(1_000);
});

test("what is nested deeper than anything here is refused, however deep it is", () => {
  const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
  expect(said("ai-lab", { labels: deep })).toContain("more than 16 levels deep");
});

test("a key that JavaScript objects cannot hold is refused at any depth", () => {
  const input = { name: "ai-lab", labels: JSON.parse('{"__proto__":"x"}') };
  expect(() => parse(schema, input)).toThrow("labels.__proto__ cannot be a key: choose another name.");
});
