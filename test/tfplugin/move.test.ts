import { attribute, block, defineResource, type Resource, UNKNOWN } from "../../lib/tfplugin";
import { callerOfResources, fromWire } from "./caller";

const attributes = {
  id: attribute.string({ computed: true, stable: true }),
  name: attribute.string({ required: true }),
  secret: attribute.string({ optional: true, writeOnly: true }),
};
const blocks = { rule: block.list({ attributes: { port: attribute.number({ required: true }) } }) };
const typeName = "demo_thing";

const thing = defineResource({
  attributes,
  blocks,
  create: () => ({}) as never,
  moveFrom: [
    {
      provider: "hashicorp/null",
      type: "null_resource",
      move({ state, version, sourcePrivateState, privateState }) {
        privateState.set("from", [version, sourcePrivateState.get("key")]);
        return { id: String(state.id), name: String((state.triggers as { name: string }).name) };
      },
    },
    {
      type: "demo_old",
      version: 1,
      move: ({ state }) => ({ id: String(state.id), secret: "leak" as never }),
    },
    { type: "demo_vague", move: () => ({ id: UNKNOWN as never }) },
    { type: "demo_empty", move: () => undefined as never },
    {
      type: "demo_failing",
      move() {
        throw new Error("It has no name.");
      },
    },
  ],
});
const call = callerOfResources({ [typeName]: thing });

const move = (sourceTypeName: string, state: object, more: object = {}) =>
  call("MoveResourceState", {
    targetTypeName: typeName,
    sourceTypeName,
    sourceProviderAddress: "example.com/acme/demo",
    sourceState: { json: Buffer.from(JSON.stringify(state)) },
    ...more,
  });
const stateOf = async (answer: ReturnType<typeof move>) =>
  fromWire((await answer).targetState, { attributes, blocks });

describe("a state of another resource type", () => {
  it("is announced", async () => {
    const capabilities = async (resource: Resource) =>
      (await callerOfResources({ [typeName]: resource })("GetProviderSchema", {})).serverCapabilities;
    expect(await capabilities(thing)).toMatchObject({ moveResourceState: true });
    expect(await capabilities({ ...thing, moveFrom: undefined })).toMatchObject({ moveResourceState: false });
  });

  it("is taken over, with the private state that the step makes", async () => {
    const answer = await move(
      "null_resource",
      { id: "7", triggers: { name: "a" } },
      {
        sourceProviderAddress: "any.example/hashicorp/null",
        sourceSchemaVersion: 3,
        sourcePrivate: Buffer.from('{"key":"k"}'),
      },
    );
    expect(fromWire(answer.targetState, { attributes, blocks })).toEqual({
      id: "7",
      name: "a",
      secret: null,
      rule: [],
    });
    expect(Buffer.from(answer.targetPrivate!).toString()).toBe('{"from":[3,"k"]}');
  });

  it("keeps large numbers, and never a write-only value", async () => {
    const json = Buffer.from('{"id":9007199254740993}');
    const answer = move("demo_old", {}, { sourceSchemaVersion: 1, sourceState: { json } });
    expect(await stateOf(answer)).toEqual({ id: "9007199254740993", name: null, secret: null, rule: [] });
  });

  it.each([
    ["another type", "demo_other", {}],
    ["another schema version", "demo_old", { sourceSchemaVersion: 2 }],
    ["another provider", "null_resource", { sourceProviderAddress: "any.example/nothashicorp/null" }],
  ])("of %s is refused, and the message lists what is taken", async (_what, type, more) => {
    const { targetState, diagnostics } = await move(type, {}, more);
    expect(targetState).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: 1, summary: `Cannot move ${type} to demo_thing` }]);
    expect(diagnostics![0]!.detail).toMatch(
      /demo_thing takes over states of null_resource of hashicorp\/null, demo_old \(schema version 1\), demo_vague/,
    );
    expect(diagnostics![0]!.detail).toMatch(/removed block, and import/);
  });

  it.each([
    ["demo_vague", /left id unknown/],
    ["demo_empty", /returned no state/],
    ["demo_failing", /Moving demo_failing to demo_thing failed/],
  ])("fails in words: %s", async (type, summary) => {
    const { diagnostics } = await move(type, {});
    expect(diagnostics).toMatchObject([{ severity: 1, summary: expect.stringMatching(summary) }]);
  });
});
