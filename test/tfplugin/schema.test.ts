import {
  type Attribute,
  attribute,
  between,
  block,
  type Config,
  Diagnostics,
  defineDataSource,
  defineProvider,
  defineResource,
  type Fields,
  type ImportedState,
  integer,
  matches,
  oneOf,
  type Plan,
  type State,
  size,
  UNKNOWN,
  type Unknown,
  type UnresolvedConfig,
  type Validator,
} from "../../lib/tfplugin";
import { validateObject } from "../../lib/tfplugin/schema/validate";

/** Fails to compile unless both types are the same. */
function same<A, B>(_proof: [A, B] extends [B, A] ? true : never): void {}

describe("types", () => {
  const attributes = {
    id: attribute.string({ computed: true, stable: true }),
    name: attribute.string({ required: true }),
    labels: attribute.map(attribute.string(), { default: {} }),
    note: attribute.string({ optional: true }),
    secret: attribute.string({ optional: true, writeOnly: true }),
    total: attribute.number({ computed: true }),
    nets: attribute.nested.list(
      { cidr: attribute.string({ required: true }), ip: attribute.string({ computed: true }) },
      { optional: true },
    ),
  };
  const blocks = { rule: block.list({ attributes: { port: attribute.number({ required: true }) } }) };
  type A = typeof attributes;
  type B = typeof blocks;

  it("follow from the schema", () => {
    same<State<A, B>["id"], string>(true);
    same<State<A, B>["labels"], { readonly [key: string]: string }>(true);
    same<State<A, B>["note"], string | null>(true);
    same<State<A, B>["secret"], null>(true);
    same<State<A, B>["total"], number | null>(true);
    same<NonNullable<State<A, B>["nets"]>[number], { cidr: string; ip: string | null }>(true);
    same<State<A, B>["rule"], readonly { port: number }[]>(true);
    same<ImportedState<A, B>["name"], string | null>(true);
    same<Plan<A, B>["id"], string | null | Unknown>(true);
    same<Plan<A, B>["name"], string>(true);
    same<Config<A, B>["id"], null>(true);
    same<Config<A, B>["secret"], string | null>(true);
    same<UnresolvedConfig<A, B>["name"], string | Unknown>(true);
  });

  it("are unknown where the schema is made at run time", () => {
    const made: Record<string, Attribute> = { ...attributes };
    const resource = defineResource({
      attributes: made,
      create: ({ plan }) => {
        same<typeof plan, Fields>(true);
        return { ...plan, id: "1" };
      },
      async modifyPlan() {},
    });
    expect(resource.attributes).toBe(made);
  });
});

describe("schemas that Terraform would refuse", () => {
  const create = () => ({}) as never;
  it.each([
    [{ Name: attribute.string({ required: true }) }, /Name is no valid name/],
    [{ count: attribute.number({ required: true }) }, /count is a name that Terraform keeps/],
    [{ constructor: attribute.string({ required: true }) }, /JavaScript keeps/],
    [{ a: attribute.string() }, /a must be required, optional or computed/],
    [{ a: attribute.string({ required: true, computed: true }) }, /neither optional nor computed/],
    [{ a: attribute.string({ writeOnly: true, default: "x" }) }, /write-only/],
    [{ a: attribute.string({ optional: true, stable: true }) }, /stable/],
    [{ a: attribute.list(attribute.dynamic(), { optional: true }) }, /dynamic inside/],
    [{ a: attribute.nested.list({ b: attribute.string() }, { optional: true }) }, /a\.b must be required/],
  ])("are refused with the attribute's name: %#", (attributes, message) => {
    expect(() => defineResource({ attributes: attributes as Record<string, Attribute>, create })).toThrow(
      message,
    );
  });

  it("include type names without the provider's prefix", () => {
    const things = defineDataSource({ attributes: {}, read: () => ({}) });
    const definition = { name: "demo", version: "1", attributes: {}, configure: () => null };
    expect(() => defineProvider({ ...definition, dataSources: { other_things: things } })).toThrow(
      /does not begin/,
    );
  });
});

describe("validators", () => {
  it.each<[string, Validator<never>, unknown, string | undefined]>([
    ["oneOf", oneOf("tcp", "udp"), "tcp", undefined],
    ["oneOf", oneOf("tcp", "udp"), "icmp", '"icmp" is not allowed. Use one of "tcp", "udp".'],
    ["between", between(1, 9), 9, undefined],
    ["between", between(1, 9), 10, "10 is not within 1 to 9."],
    ["integer", integer(), 1.5, "1.5 is not a whole number."],
    ["size", size(1, 2), "한글", undefined],
    ["size", size(1, 2), ["a", "b", "c"], "It has 3 elements; 1 to 2 are allowed."],
    ["matches", matches(/^a$/, "the letter a"), "b", '"b" does not fit: use the letter a.'],
  ])("%s: %#", (_name, validator, value, expected) => {
    expect(validator(value as never, { path: [], diagnostics: new Diagnostics() })).toBe(expected);
  });

  const even: Validator<number> = (value) => (value % 2 ? "odd" : undefined);
  const port = attribute.number({ required: true, validate: [even] });
  const level = {
    attributes: {
      port,
      ports: attribute.map(attribute.number({ validate: [even] }), {
        optional: true,
        validate: [size(0, 1)],
      }),
      nets: attribute.nested.list({ port }, { optional: true }),
      secret: attribute.string({ optional: true, sensitive: true, validate: [oneOf("x")] }),
      old: attribute.string({ optional: true, deprecated: "Use port." }),
    },
    blocks: { rule: block.set({ attributes: { port } }) },
  };

  it.each<[string, Fields, string[]]>([
    ["null and unknown are skipped", { port: UNKNOWN, ports: null, nets: UNKNOWN, rule: UNKNOWN }, []],
    ["elements are checked", { ports: { a: 1, b: UNKNOWN } }, ['Invalid value for ports["a"]: odd']],
    [
      "nested attributes are checked",
      { nets: [{ port: 2 }, { port: 3 }] },
      ["Invalid value for nets[1].port: odd"],
    ],
    ["blocks are checked", { rule: [{ port: 3 }] }, ["Invalid value for rule[0].port: odd"]],
    [
      "secrets are hidden",
      { secret: "hunter2" },
      ['Invalid value for secret: The sensitive value is not allowed. Use one of "x".'],
    ],
    ["deprecation is told", { old: "a" }, ["old is deprecated: Use port."]],
    ["digits are not lost silently", { port: 9007199254740993n }, [expect.stringMatching(/more digits/)]],
  ])("%s", (_what, config, expected) => {
    const diagnostics = new Diagnostics();
    validateObject(level, config, diagnostics);
    expect(diagnostics.list.map(({ summary, detail }) => `${summary}: ${detail}`)).toEqual(expected);
  });
});
