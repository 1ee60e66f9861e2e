import { collections, PlatformError, parse } from "../../lib/contract";

const schema = collections.projects.create;

/** What is said of a project's name. */
function said(name: unknown): string {
  try {
    parse(schema, { name });
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

test("a key that JavaScript objects cannot hold is refused at any depth", () => {
  const input = { name: "ai-lab", labels: JSON.parse('{"__proto__":"x"}') };
  expect(() => parse(schema, input)).toThrow("labels.__proto__ cannot be a key: choose another name.");
});
