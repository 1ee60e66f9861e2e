import * as fc from "fast-check";
import {
  type AttributeOptions,
  type Attributes,
  attribute,
  type Blocks,
  block,
  Diagnostics,
  defineResource,
  equal,
  type Fields,
  hasUnknown,
  type Path,
  PrivateState,
  type Resource,
  UNKNOWN,
} from "../../lib/tfplugin";
import { planChange } from "../../lib/tfplugin/plan/engine";
import { contradictions } from "../../lib/tfplugin/plan/result";
import { conform } from "../../lib/tfplugin/schema/conform";
import { typeOfLevel } from "../../lib/tfplugin/schema/level";

async function plan(resource: Resource, config: Fields, prior: Fields | null = null) {
  const diagnostics = new Diagnostics();
  const { planned, changed, replace } = await planChange({
    resource,
    type: typeOfLevel(resource),
    config: {
      ...Object.fromEntries(Object.keys(resource.attributes).map((name) => [name, null])),
      ...config,
    },
    prior: prior && conform(resource, prior),
    client: undefined,
    privateState: new PrivateState(),
    signal: new AbortController().signal,
    diagnostics,
  });
  return { planned, changed, replace, diagnostics: diagnostics.list };
}

function resource(attributes: Attributes, more: Partial<Resource> & { blocks?: Blocks } = {}): Resource {
  return defineResource({ attributes, create: () => ({}), update: () => ({}), ...more });
}

const id = attribute.string({ computed: true, stable: true });
const revision = attribute.number({ computed: true });
const name = attribute.string({ required: true });

type Case = {
  readonly what: string;
  readonly attributes: Attributes;
  readonly more?: Partial<Resource>;
  readonly config: Fields;
  readonly prior?: Fields;
  readonly planned: Fields;
  readonly replace?: readonly Path[];
};

const cases: readonly Case[] = [
  {
    what: "a create leaves computed values unknown",
    attributes: { id, name, revision },
    config: { name: "a" },
    planned: { id: UNKNOWN, name: "a", revision: UNKNOWN },
  },
  {
    what: "nothing changed, so nothing becomes unknown",
    attributes: { id, name, revision },
    config: { name: "a" },
    prior: { id: "1", name: "a", revision: 3 },
    planned: { id: "1", name: "a", revision: 3 },
  },
  {
    what: "an update keeps stable values and leaves the others unknown",
    attributes: { id, name, revision },
    config: { name: "b" },
    prior: { id: "1", name: "a", revision: 3 },
    planned: { id: "1", name: "b", revision: UNKNOWN },
  },
  {
    what: "a stable value that is missing becomes unknown with the next change",
    attributes: { id, name },
    config: { name: "b" },
    prior: { id: null, name: "a" },
    planned: { id: UNKNOWN, name: "b" },
  },
  {
    what: "a replacement gets new stable values too",
    attributes: { id, name: attribute.string({ required: true, replace: true }) },
    config: { name: "b" },
    prior: { id: "1", name: "a" },
    planned: { id: UNKNOWN, name: "b" },
    replace: [["name"]],
  },
  {
    what: "a value not known yet counts as a change that replaces",
    attributes: { id, name: attribute.string({ required: true, replace: true }) },
    config: { name: UNKNOWN },
    prior: { id: "1", name: "a" },
    planned: { id: UNKNOWN, name: UNKNOWN },
    replace: [["name"]],
  },
  {
    what: "a function decides on the replacement",
    attributes: {
      id,
      size: attribute.number({
        required: true,
        replace: ({ prior, planned }) => Number(planned) < (prior ?? 0),
      }),
    },
    config: { size: 2 },
    prior: { id: "1", size: 1 },
    planned: { id: "1", size: 2 },
  },
  {
    what: "without update every change replaces",
    attributes: { id, name },
    more: { update: undefined },
    config: { name: "b" },
    prior: { id: "1", name: "a" },
    planned: { id: UNKNOWN, name: "b" },
    replace: [["name"]],
  },
  {
    what: "defaults fill in what is null, and only that",
    attributes: {
      name: attribute.string({ default: "x" }),
      labels: attribute.map(attribute.string(), { default: {} }),
      other: attribute.string({ default: "y" }),
      later: attribute.string({ default: "z" }),
    },
    config: { other: "", later: UNKNOWN },
    planned: { name: "x", labels: {}, other: "", later: UNKNOWN },
  },
  {
    what: "a value that drifted from its default is put back",
    attributes: { id, labels: attribute.map(attribute.string(), { default: {} }) },
    config: {},
    prior: { id: "1", labels: { a: "b" } },
    planned: { id: "1", labels: {} },
  },
  {
    what: "what was chosen by the platform stays when the configuration says nothing",
    attributes: { id, port: attribute.number({ optional: true, computed: true, stable: true }), name },
    config: { name: "b" },
    prior: { id: "1", port: 22, name: "a" },
    planned: { id: "1", port: 22, name: "b" },
  },
  {
    what: "write-only values are null and no change",
    attributes: { id, secret: attribute.string({ optional: true, writeOnly: true }) },
    config: { secret: "hunter2" },
    prior: { id: "1", secret: null },
    planned: { id: "1", secret: null },
  },
  {
    what: "the order of a set is no change",
    attributes: { revision, cidrs: attribute.set(attribute.string(), { required: true }) },
    config: { cidrs: ["a", "b"] },
    prior: { revision: 1, cidrs: ["b", "a"] },
    planned: { revision: 1, cidrs: ["a", "b"] },
  },
  {
    what: "nested objects follow the same rules, matched by position",
    attributes: {
      nets: attribute.nested.list(
        { cidr: attribute.string({ required: true }), ip: id, mtu: attribute.number({ default: 1500 }) },
        { optional: true },
      ),
    },
    config: {
      nets: [
        { cidr: "a", ip: null, mtu: null },
        { cidr: "c", ip: null, mtu: 9000 },
      ],
    },
    prior: { nets: [{ cidr: "a", ip: "1", mtu: 1500 }] },
    planned: {
      nets: [
        { cidr: "a", ip: "1", mtu: 1500 },
        { cidr: "c", ip: UNKNOWN, mtu: 9000 },
      ],
    },
  },
  {
    what: "elements of a set are matched by what the user wrote",
    attributes: { zones: attribute.nested.set({ zone: name, id }, { optional: true }) },
    config: {
      zones: [
        { zone: "c", id: null },
        { zone: "a", id: null },
      ],
    },
    prior: {
      zones: [
        { zone: "a", id: "1" },
        { zone: "b", id: "2" },
      ],
    },
    planned: {
      zones: [
        { zone: "c", id: UNKNOWN },
        { zone: "a", id: "1" },
      ],
    },
  },
  {
    what: "an element of a set keeps what is computed deep inside of it",
    attributes: {
      zones: attribute.nested.set(
        { zone: name, net: attribute.nested.single({ ip: id }, { optional: true }) },
        { optional: true },
      ),
    },
    config: { zones: [{ zone: "a", net: { ip: null } }] },
    prior: { zones: [{ zone: "a", net: { ip: "1" } }] },
    planned: { zones: [{ zone: "a", net: { ip: "1" } }] },
  },
  {
    what: "every element of a set finds one to continue, if there is a way",
    attributes: {
      zones: attribute.nested.set(
        { zone: attribute.string({ optional: true, computed: true }), ip: revision },
        { optional: true },
      ),
    },
    // The first one fits both, but the second one only the first.
    config: {
      zones: [
        { zone: null, ip: null },
        { zone: "a", ip: null },
      ],
    },
    prior: {
      zones: [
        { zone: "a", ip: 1 },
        { zone: "b", ip: 2 },
      ],
    },
    planned: {
      zones: [
        { zone: "b", ip: 2 },
        { zone: "a", ip: 1 },
      ],
    },
  },
  {
    what: "an element of a set continues one that has drifted from its defaults, but rather one that has not",
    attributes: {
      zones: attribute.nested.set(
        { zone: name, ip: id, mtu: attribute.number({ default: 1500 }) },
        { optional: true },
      ),
    },
    config: { zones: [{ zone: "a", ip: null, mtu: null }] },
    prior: {
      zones: [
        { zone: "a", ip: "1", mtu: 9000 },
        { zone: "a", ip: "2", mtu: 1500 },
      ],
    },
    planned: { zones: [{ zone: "a", ip: "2", mtu: 1500 }] },
  },
  {
    what: "a nested attribute whose lines were deleted is chosen anew",
    attributes: {
      net: attribute.nested.single(
        { cidr: attribute.string({ required: true }) },
        { optional: true, computed: true },
      ),
    },
    config: {},
    prior: { net: { cidr: "10.0.0.0/8" } },
    planned: { net: UNKNOWN },
  },
  {
    what: "a stable nested attribute stays when its lines are deleted, and one that holds only what is computed",
    attributes: {
      net: attribute.nested.single(
        { cidr: attribute.string({ required: true }) },
        { optional: true, computed: true, stable: true },
      ),
      other: attribute.nested.single({ ip: id }, { optional: true, computed: true }),
    },
    config: {},
    prior: { net: { cidr: "10.0.0.0/8" }, other: { ip: "1" } },
    planned: { net: { cidr: "10.0.0.0/8" }, other: { ip: "1" } },
  },
  {
    what: "blocks that are not known yet count as a change of what in them replaces",
    attributes: { id },
    more: {
      blocks: {
        rule: block.list({ attributes: { port: attribute.number({ required: true, replace: true }) } }),
        other: block.list({ attributes: { name } }),
      },
    },
    config: { rule: UNKNOWN, other: UNKNOWN },
    prior: { id: "1", rule: [{ port: 1 }], other: [] },
    planned: { id: UNKNOWN, rule: UNKNOWN, other: UNKNOWN },
    replace: [["rule"]],
  },
  {
    what: "objects in maps are matched by key",
    attributes: { zones: attribute.nested.map({ zone: name, id }, { optional: true }) },
    config: { zones: { x: { zone: "c", id: null } } },
    prior: { zones: { x: { zone: "a", id: "1" }, y: { zone: "a", id: "2" } } },
    planned: { zones: { x: { zone: "c", id: "1" } } },
  },
  {
    what: "blocks have defaults, and are never null",
    attributes: {},
    more: {
      blocks: {
        rule: block.list({
          attributes: {
            port: attribute.number({ required: true }),
            proto: attribute.string({ default: "tcp" }),
          },
        }),
        none: block.set({ attributes: { name } }),
        one: block.single({ attributes: { name } }),
      },
    },
    config: { rule: [{ port: 1, proto: null }], none: [], one: null },
    planned: { rule: [{ port: 1, proto: "tcp" }], none: [], one: null },
  },
  {
    what: "a block that depends on something unknown stays unknown",
    attributes: {},
    more: { blocks: { rule: block.list({ attributes: { name } }) } },
    config: { rule: UNKNOWN },
    planned: { rule: UNKNOWN },
  },
  {
    what: "modifyPlan has the last word",
    attributes: { name, full: attribute.string({ computed: true }) },
    more: { modifyPlan: ({ plan: draft }) => ({ ...draft, full: `${draft.name}!` }) },
    config: { name: "a" },
    planned: { name: "a", full: "a!" },
  },
  {
    what: "a change that modifyPlan makes leaves the other computed values unknown",
    attributes: { id, name, full: attribute.string({ computed: true }), revision },
    more: { modifyPlan: ({ plan: draft }) => ({ ...draft, full: `${draft.name}?` }) },
    config: { name: "a" },
    prior: { id: "1", name: "a", full: "a!", revision: 1 },
    planned: { id: "1", name: "a", full: "a?", revision: UNKNOWN },
  },
  {
    what: "a change that modifyPlan makes replaces where it must",
    attributes: { id, name, zone: attribute.string({ computed: true, replace: true }) },
    more: { modifyPlan: ({ plan: draft }) => ({ ...draft, zone: "b" }) },
    config: { name: "a" },
    prior: { id: "1", name: "a", zone: "a" },
    planned: { id: UNKNOWN, name: "a", zone: "b" },
    replace: [["zone"]],
  },
  {
    what: "a change that modifyPlan makes replaces where nothing can be updated",
    attributes: { id, name, full: attribute.string({ computed: true }) },
    more: { update: undefined, modifyPlan: ({ plan: draft }) => ({ ...draft, full: "b" }) },
    config: { name: "a" },
    prior: { id: "1", name: "a", full: "a" },
    planned: { id: UNKNOWN, name: "a", full: "b" },
    replace: [["full"]],
  },
];

describe("the plan engine", () => {
  it.each(cases)("$what", async ({ attributes, more, config, prior, planned, replace = [] }) => {
    const result = await plan(resource(attributes, more), config, prior);
    expect(result).toMatchObject({ planned, replace, diagnostics: [] });
    expect(Object.keys(result.planned).sort()).toEqual(Object.keys(planned).sort());
  });

  it("names the attribute when modifyPlan contradicts the configuration", async () => {
    const shouting = resource({ name }, { modifyPlan: ({ plan: draft }) => ({ ...draft, name: "A" }) });
    const { diagnostics } = await plan(shouting, { name: "a" });
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: expect.stringContaining("name"), path: ["name"] },
    ]);
  });

  it("lets modifyPlan keep a prior value that means the same", async () => {
    const lenient = resource(
      { name },
      { modifyPlan: ({ plan: draft, state }) => ({ ...draft, name: state?.name }) },
    );
    expect(await plan(lenient, { name: "A" }, { name: "a" })).toMatchObject({
      planned: { name: "a" },
      diagnostics: [],
    });
  });

  it("lets modifyPlan ask for a new object", async () => {
    const strict = resource(
      { id, name },
      {
        modifyPlan({ requiresReplace }) {
          requiresReplace("name");
          return undefined;
        },
      },
    );
    expect(await plan(strict, { name: "b" }, { id: "1", name: "a" })).toMatchObject({ replace: ["name"] });
  });
});

/** Any flag combination that a schema may have, on a string. */
const options: fc.Arbitrary<AttributeOptions<string>> = fc.oneof(
  fc.record({ required: fc.constant(true), replace: fc.boolean() }),
  fc.record({ optional: fc.constant(true), replace: fc.boolean() }),
  fc.record({ optional: fc.constant(true), computed: fc.constant(true), stable: fc.boolean() }),
  fc.record({ computed: fc.constant(true), stable: fc.boolean() }),
  fc.record({ default: fc.string() }),
  fc.record({ optional: fc.constant(true), writeOnly: fc.constant(true) }),
);
const schemas = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,3}$/),
  options.map((flags) => attribute.string(flags)),
  {
    minKeys: 1,
    maxKeys: 6,
  },
);

const configs = (attributes: Attributes) =>
  fc.record(
    Object.fromEntries(
      Object.entries(attributes).map(([key, { options: flags }]) => {
        const given = fc.oneof(fc.string(), fc.constant(UNKNOWN));
        if (flags.required) return [key, given];
        return [key, flags.optional ? fc.option(given) : fc.constant(null)];
      }),
    ),
  );

describe("Terraform's rules, for any schema and configuration", () => {
  it("hold over a create, an update, and a plan without a change", async () => {
    const runs = schemas.chain((attributes) =>
      fc.tuple(fc.constant(attributes), configs(attributes), configs(attributes)),
    );
    await fc.assert(
      fc.asyncProperty(runs, async ([attributes, first, second]) => {
        const any = resource(attributes);
        const type = typeOfLevel(any);
        let prior: Fields | null = null;
        for (const config of [first, second]) {
          const { planned, diagnostics } = await plan(any, config, prior);
          expect(diagnostics).toEqual([]);
          for (const [key, { options: flags }] of Object.entries(attributes)) {
            // What the user wrote is planned; write-only values never are; only computed ones are invented.
            if (flags.writeOnly) expect(planned[key]).toBeNull();
            else if (config[key] !== null) expect(planned[key]).toEqual(config[key]);
            else if (!flags.computed) expect(planned[key]).toBeNull();
          }
          const applied = conform(any, resolve(planned));
          expect(contradictions(planned, applied, type)).toEqual([]);
          const known = conform(any, resolve(config));
          const again = await plan(any, { ...config, ...pick(known, config) }, applied);
          expect(again.changed).toBe(false);
          expect(again.replace).toEqual([]);
          expect(equal(again.planned, applied, type)).toBe(true);
          expect(hasUnknown(again.planned)).toBe(false);
          prior = applied;
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The platform's answer: whatever was unknown gets a value. */
function resolve(planned: Fields): Fields {
  return Object.fromEntries(
    Object.entries(planned).map(([key, value]) => [key, value === UNKNOWN ? `new ${key}` : value]),
  );
}

/** The configuration of the next run: the same, with what was unknown resolved. */
function pick(known: Fields, config: Fields): Fields {
  return Object.fromEntries(
    Object.keys(config).map((key) => [key, config[key] === UNKNOWN ? known[key] : config[key]]),
  );
}

describe("a result", () => {
  it.each([
    ["a known value that changed", { a: "x" }, { a: "y" }, [["a"]]],
    ["a value left unknown", { a: UNKNOWN }, { a: UNKNOWN }, [["a"]]],
    ["null that became empty", { list: null }, { list: [] }, [["list"]]],
    [
      "the order of a list",
      { list: ["a", "b"] },
      { list: ["b", "a"] },
      [
        ["list", 0],
        ["list", 1],
      ],
    ],
    ["another length", { list: ["a"] }, { list: [] }, [["list"]]],
    ["a set that lost an element", { set: ["a", "b"] }, { set: ["a"] }, [["set"]]],
    ["a set that gained an element", { set: ["a"] }, { set: ["a", "b"] }, [["set"]]],
    ["a set with more elements than were unknown", { set: [UNKNOWN] }, { set: ["a", "b"] }, [["set"]]],
    ["a set whose unknown elements were the same", { set: [UNKNOWN, UNKNOWN] }, { set: ["a", "a"] }, []],
    ["a set with unknowns resolved", { set: ["a", UNKNOWN] }, { set: ["b", "a"] }, []],
    ["another key of a map", { map: { a: "1" } }, { map: { b: "1" } }, [["map"]]],
    ["a value in a map", { map: { a: "1" } }, { map: { a: "2" } }, [["map", "a"]]],
    ["unknowns resolved", { a: UNKNOWN, list: ["x", UNKNOWN] }, { a: null, list: ["x", "y"] }, []],
  ] as [string, Fields, Fields, unknown[]][])("%s", (_what, planned, actual, paths) => {
    const type = [
      "object",
      { a: "string", list: ["list", "string"], set: ["set", "string"], map: ["map", "string"] },
    ] as const;
    expect(contradictions(planned, actual, type).map(({ path }) => path)).toEqual(paths);
  });
});
