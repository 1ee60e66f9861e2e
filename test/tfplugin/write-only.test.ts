import { attribute, block, defineProvider, defineResource, type Fields } from "../../lib/tfplugin";
import { createMethods } from "../../lib/tfplugin/rpc/methods";
import { type Message, protobuf, type Rpc } from "../../lib/tfplugin/wire/messages";
import { fromWire, nothing, toWire } from "./caller";

const SECRET = "hunter2";
const typeName = "demo_leak";

const secret = attribute.string({ optional: true, writeOnly: true });
const name = attribute.string({ optional: true });
const inner = { secret, name };

/** A write-only value wherever a schema may have one. */
const attributes = {
  ...inner,
  id: attribute.string({ computed: true, stable: true }),
  secrets: attribute.map(attribute.string(), { optional: true, writeOnly: true }),
  object: attribute.nested.single(inner, { optional: true, writeOnly: true }),
  one: attribute.nested.single(inner, { optional: true }),
  list: attribute.nested.list(inner, { optional: true, computed: true }),
  map: attribute.nested.map({ deep: attribute.nested.list(inner, { optional: true }) }, { optional: true }),
};
const blocks = {
  single: block.single({ attributes: inner }),
  group: block.group({ attributes: inner }),
  rules: block.list({ attributes: inner, blocks: { deeper: block.map({ attributes: inner }) } }),
};
const level = { attributes, blocks };

const leak = { secret: SECRET, name: "a" };
/** What no answer may hold. */
const leaking: Fields = {
  ...leak,
  id: "1",
  secrets: { a: SECRET },
  object: leak,
  one: leak,
  list: [leak],
  map: { key: { deep: [leak] } },
  single: leak,
  group: leak,
  rules: [{ ...leak, deeper: { key: leak } }],
};
const clean = { secret: null, name: "a" };
const expected = {
  ...clean,
  id: "1",
  secrets: null,
  object: null,
  one: clean,
  list: [clean],
  map: { key: { deep: [clean] } },
  single: clean,
  group: clean,
  rules: [{ ...clean, deeper: { key: clean } }],
};

let failing = false;

/** Gives away all it has, and then perhaps fails. */
function give(): Fields {
  if (failing) throw new Error("Half-way.");
  return leaking;
}

const resource = defineResource({
  ...level,
  version: 1,
  create({ save }) {
    save(leaking as never);
    return give() as never;
  },
  update({ save }) {
    save(leaking as never);
    return give() as never;
  },
  read: () => give() as never,
  delete: () => void give(),
  import: () => give() as never,
  modifyPlan: () => give() as never,
  upgrade: { 0: give },
});
const methods = createMethods(
  defineProvider({
    name: "demo",
    version: "1.0.0",
    attributes: {},
    configure: () => null,
    resources: { [typeName]: resource },
  }),
);

/** The answer, after a look at its bytes. */
async function call<R extends Rpc>(
  rpc: R,
  request: Message<`${R}.Request`>,
): Promise<Message<`${R}.Response`>> {
  const bytes = protobuf.encode(`${rpc}.Request`, { typeName, ...request });
  const answer = Buffer.from(await methods[`/tfplugin6.Provider/${rpc}`]!(bytes));
  expect(answer.toString("latin1")).not.toContain(SECRET);
  return protobuf.decode(`${rpc}.Response`, answer) as Message<`${R}.Response`>;
}

const wire = (value: Fields) => toWire(value, level);
const config = wire({ ...leaking, id: null });
const json = (value: Fields) => ({ json: Buffer.from(JSON.stringify(value)) });

type Call = () => Promise<Message<"DynamicValue"> | undefined>;

const calls: readonly (readonly [string, Call])[] = [
  [
    "plan",
    async () =>
      (await call("PlanResourceChange", { priorState: nothing, proposedNewState: config, config }))
        .plannedState,
  ],
  [
    "plan of a change",
    async () => {
      const priorState = wire({ ...leaking, name: "b" });
      return (await call("PlanResourceChange", { priorState, proposedNewState: config, config }))
        .plannedState;
    },
  ],
  [
    "create",
    async () => {
      const plannedState = wire(expected);
      return (await call("ApplyResourceChange", { priorState: nothing, plannedState, config })).newState;
    },
  ],
  [
    "update",
    async () => {
      const [priorState, plannedState] = [wire({ ...leaking, name: "b" }), wire(expected)];
      return (await call("ApplyResourceChange", { priorState, plannedState, config })).newState;
    },
  ],
  ["read", async () => (await call("ReadResource", { currentState: wire(leaking) })).newState],
  [
    "import",
    async () => (await call("ImportResourceState", { id: "1" })).importedResources?.[0]?.state ?? nothing,
  ],
  [
    "upgrade",
    async () =>
      (await call("UpgradeResourceState", { version: 0, rawState: json({}) })).upgradedState ?? nothing,
  ],
  [
    "upgrade of the same version",
    async () => (await call("UpgradeResourceState", { version: 1, rawState: json(leaking) })).upgradedState,
  ],
];

describe("a write-only value that the provider tries to give away", () => {
  beforeEach(() => {
    failing = false;
  });

  it.each(calls)("is null in the answer to %s, at every depth", async (_what, answer) => {
    expect(fromWire(await answer(), level)).toEqual(expected);
  });

  it.each(calls)("is in no answer to %s that fails", async (_what, answer) => {
    failing = true;
    const value = fromWire(await answer(), level);
    expect([null, expected, { ...expected, name: "b" }]).toContainEqual(value);
  });

  it("is in no answer to a deletion that fails", async () => {
    failing = true;
    const answer = await call("ApplyResourceChange", {
      priorState: wire(leaking),
      plannedState: nothing,
      config: nothing,
    });
    expect(fromWire(answer.newState, level)).toEqual(expected);
    expect(answer.diagnostics).toHaveLength(1);
  });

  it("may not be in a set, where Terraform could not hide it", () => {
    const create = () => ({}) as never;
    expect(() =>
      defineResource({ attributes: { a: attribute.nested.set(inner, { optional: true }) }, create }),
    ).toThrow(/a is a set, so it may not hold write-only attributes/);
    expect(() =>
      defineResource({ attributes: {}, blocks: { b: block.set({ attributes: inner }) }, create }),
    ).toThrow(/b is a set/);
  });
});
