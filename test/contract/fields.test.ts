import {
  collections,
  LabelSelector,
  Labels,
  Name,
  type PlatformError,
  parse,
  problemsOf,
} from "../../lib/contract";

const problems = (schema: Parameters<typeof problemsOf>[0], value: unknown) =>
  problemsOf(schema, value).map(({ message }) => message);

test.each(["ai-lab", "a", "연구실 1", "web.2_x", "x".repeat(63)])("%j is a name", (name) => {
  expect(problems(Name, name)).toEqual([]);
});

test.each(["", "-x", "x-", " x", "a/b", "x".repeat(64), "a\nb", 7, null])("%j is no name", (name) => {
  expect(problems(Name, name)).toHaveLength(1);
});

test("labels are limited in number, keys and values", () => {
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, ""]));
  expect(problems(Labels, many)[0]).toMatch(/at most 64 labels/);
  expect(problems(Labels, { "a b": "x" })).toHaveLength(1);
  expect(problems(Labels, { a: "x,y" })).toHaveLength(1);
  expect(problems(Labels, { "example.com/team": "ai", empty: "" })).toEqual([]);
});

test("a label selector names pairs", () => {
  for (const selector of ["a=b", "a=b,c=", "example.com/team=ai"])
    expect(problems(LabelSelector, selector)).toEqual([]);
  for (const selector of ["", "a", "a=b,", "a=b=c", "=b", "a b=c"])
    expect(problems(LabelSelector, selector)).toHaveLength(1);
});

test("a value that is missing is told apart from one that is wrong", () => {
  const { create } = collections.portForwards;
  expect(problems(create, { projectId: "p", instanceId: "i", protocol: "icmp" })).toEqual([
    'protocol is "icmp", but a protocol is "tcp" or "udp".',
    "internalPort is required: a port is a whole number from 1 to 65535.",
  ]);
});

test("parse applies defaults, and its error points at the first field", () => {
  const input = { projectId: "p", instanceId: "i", protocol: "tcp", internalPort: 22 };
  expect(parse(collections.portForwards.create, input)).toEqual({
    ...input,
    description: "",
    labels: {},
    allowedCidrs: [],
  });
  const wrong = () => parse(collections.portForwards.create, { ...input, allowedCidrs: ["10.0.0.0/8", "x"] });
  expect(wrong).toThrow(
    expect.objectContaining({ code: "invalid_argument", field: "/allowedCidrs/1" }) as PlatformError,
  );
});

test("a patch has no defaults: what is not named is not changed", () => {
  expect(parse(collections.portForwards.patch, {})).toEqual({});
});
