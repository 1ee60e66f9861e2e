import { connect } from "node:http2";
import type { Server } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import {
  attribute,
  block,
  defineFunction,
  defineProvider,
  defineResource,
  type Fields,
} from "../../lib/tfplugin";
import { createMethods } from "../../lib/tfplugin/rpc/methods";
import { serveGrpc } from "../../lib/tfplugin/server/grpc";
import { listen } from "../../lib/tfplugin/server/handshake";
import { createSessionServer } from "../../lib/tfplugin/server/session";
import { type Message, protobuf, type Rpc } from "../../lib/tfplugin/wire/messages";
import { fromWire, nothing, toWire } from "./caller";
import { beginGrpc, callGrpc } from "./grpc-client";

const MEBIBYTE = 1 << 20;
const typeName = "demo_thing";
const attributes = {
  id: attribute.string({ computed: true, stable: true }),
  // A nested attribute: for newer cores a sign that null blocks are meant.
  nested: attribute.nested.single({ a: attribute.string({ optional: true }) }, { optional: true }),
  old: attribute.string({ optional: true, deprecated: "Use nested." }),
};
const port = { port: attribute.number({ required: true }) };
const blocks = {
  list: block.list({ attributes: port, blocks: { inner: block.set({ attributes: port }) } }),
  set: block.set({ attributes: port }),
  map: block.map({ attributes: port }),
  group: block.group({ attributes: { a: attribute.string({ optional: true }) } }),
  single: block.single({ attributes: port }),
};
const level = { attributes, blocks };
const bare: Fields = { id: "1", nested: null, old: null };
const nulls: Fields = { ...bare, list: null, set: null, map: null, group: null, single: null };
const empty = { ...bare, list: [], set: [], map: {}, group: { a: null }, single: null };

let slowly: Promise<void> | undefined;

const thing = defineResource({
  ...level,
  deprecated: "Use demo_other.",
  version: 1,
  create: () => bare as never,
  async read({ state }) {
    await slowly;
    return state as never;
  },
  import: () => bare,
  upgrade: { 0: () => bare },
  moveFrom: [{ type: "demo_old", move: () => bare }],
});
const echo = defineFunction({
  parameters: { text: attribute.string() },
  returns: attribute.string(),
  call: ({ text }) => text,
});
const provider = defineProvider({
  name: "demo",
  version: "1.0.0",
  attributes: {},
  configure: () => {
    throw new Error("Nobody asked for this.");
  },
  resources: { [typeName]: thing },
  functions: { echo },
});

describe("for newer cores", () => {
  const methods = createMethods(provider);
  const server = createSessionServer(undefined, () => {});
  let session: ReturnType<typeof connect>;

  beforeAll(async () => {
    serveGrpc(server, async (name) => methods[name]);
    const { address } = await listen(server as unknown as Server, { network: "tcp" });
    session = connect(`http://${address}`, {
      maxSessionMemory: 1000,
      settings: { initialWindowSize: 16 * MEBIBYTE },
    });
  });

  afterAll(async () => {
    await new Promise((resolve) => session.close(() => resolve(undefined)));
    await new Promise((resolve) => server.close(resolve));
  });

  const raw = (name: string, message: Uint8Array) =>
    callGrpc(session, `/tfplugin6.Provider/${name}`, message);

  async function call<R extends Rpc>(
    rpc: R,
    request: Message<`${R}.Request`>,
  ): Promise<Message<`${R}.Response`>> {
    const { body, status } = await raw(rpc, protobuf.encode(`${rpc}.Request`, request));
    expect(status).toBe(0);
    return protobuf.decode(`${rpc}.Response`, body) as Message<`${R}.Response`>;
  }

  describe("blocks that are null become empty", () => {
    const state = (value: Message<"DynamicValue"> | undefined) => fromWire(value, level);

    it("in ReadResource, at every depth", async () => {
      const { newState } = await call("ReadResource", { typeName, currentState: toWire(nulls, level) });
      expect(state(newState)).toEqual(empty);
      const deep = { ...nulls, list: [{ port: 1, inner: null }] };
      const answer = await call("ReadResource", { typeName, currentState: toWire(deep, level) });
      expect(state(answer.newState)).toEqual({ ...empty, list: [{ port: 1, inner: [] }] });
    });

    it("in ImportResourceState", async () => {
      const { importedResources } = await call("ImportResourceState", { typeName, id: "1" });
      expect(state(importedResources?.[0]?.state)).toEqual(empty);
    });

    it.each([
      ["of an older schema", 0, "{}"],
      ["without the blocks", 1, '{"id":"1"}'],
      ["with null", 1, JSON.stringify(nulls)],
    ])("in UpgradeResourceState, of a state %s", async (_what, version, json) => {
      const rawState = { json: Buffer.from(json) };
      const { upgradedState } = await call("UpgradeResourceState", { typeName, version, rawState });
      expect(state(upgradedState)).toEqual(empty);
    });

    it("in MoveResourceState", async () => {
      const { targetState } = await call("MoveResourceState", {
        targetTypeName: typeName,
        sourceTypeName: "demo_old",
        sourceState: { json: Buffer.from("{}") },
      });
      expect(state(targetState)).toEqual(empty);
    });
  });

  it.each([
    "GetResourceIdentitySchemas",
    "UpgradeResourceIdentity",
    "GenerateResourceConfig",
    "ListResource",
    "ValidateListResourceConfig",
    "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource",
    "ValidateActionConfig",
    "PlanAction",
    "InvokeAction",
    "ValidateStateStoreConfig",
    "ReadStateBytes",
    "NeverHeardOf",
  ])("%s is UNIMPLEMENTED", async (name) => {
    const request = Buffer.from([0x0a, 4, ...Buffer.from("demo")]);
    expect(await raw(name, request)).toEqual({
      status: 12,
      message: `This provider does not implement /tfplugin6.Provider/${name}.`,
      body: Buffer.alloc(0),
    });
  });

  it("fields of newer requests are skipped, and their capabilities known", async () => {
    const request = protobuf.encode("PlanResourceChange.Request", {
      typeName,
      priorState: nothing,
      config: toWire(empty, level),
      clientCapabilities: { storePlannedPrivate: true, computedBlocksAllowed: true },
    });
    // prior_identity = 8: a message with a value of ours, and field 1000: a number.
    const newer = Buffer.from([0x42, 0x05, 0x0a, 0x03, 0x0a, 0x01, 0xc0, 0xc0, 0x3e, 0x01]);
    const { status, body } = await raw("PlanResourceChange", Buffer.concat([request, newer]));
    expect(status).toBe(0);
    const { plannedState, diagnostics } = protobuf.decode(
      "PlanResourceChange.Response",
      body,
    ) as Message<"PlanResourceChange.Response">;
    expect(diagnostics).toBeUndefined();
    expect(fromWire(plannedState, level)).toMatchObject({ id: "1", list: [] });
  });

  it("says what is deprecated in the schema, where they show it", async () => {
    const { resourceSchemas } = await call("GetProviderSchema", {});
    const schema = resourceSchemas?.[typeName]?.block;
    expect(schema).toMatchObject({ deprecated: true, deprecationMessage: "Use demo_other." });
    expect(schema?.attributes).toContainEqual(
      expect.objectContaining({ name: "old", deprecated: true, deprecationMessage: "Use nested." }),
    );
    const config = toWire({ ...empty, old: "x" }, level);
    const { diagnostics } = await call("ValidateResourceConfig", { typeName, config });
    expect(diagnostics).toMatchObject([
      { severity: 2, summary: "demo_thing is deprecated", detail: "Use demo_other." },
      { severity: 2, summary: "old is deprecated", detail: "Use nested." },
    ]);
  });

  it("functions are called in a process that nobody configures", async () => {
    const text = { msgpack: Buffer.from([0xa2, ...Buffer.from("hi")]) };
    expect(await call("CallFunction", { name: "echo", arguments: [text] })).toEqual({ result: text });
  });

  describe("a call that the core cancels", () => {
    const written: string[] = [];
    const { write } = process.stderr;

    beforeEach(() => {
      written.length = 0;
      process.stderr.write = (text: string | Uint8Array) => {
        written.push(String(text));
        return true;
      };
    });

    afterEach(() => {
      process.stderr.write = write;
      slowly = undefined;
    });

    const request = protobuf.encode("ReadResource.Request", { typeName, currentState: toWire(empty, level) });
    const CANCEL = 8;

    it("while it runs is no failure", async () => {
      let finish = () => {};
      slowly = new Promise((resolve) => {
        finish = resolve;
      });
      const stream = beginGrpc(session, "/tfplugin6.Provider/ReadResource", request);
      await pause(50);
      stream.close(CANCEL);
      await pause(20);
      finish();
      slowly = undefined;
      expect((await raw("ReadResource", request)).status).toBe(0);
      expect(written.filter((line) => /"(error|warn)"/.test(line))).toEqual([]);
    });

    it("before its message has arrived is no failure", async () => {
      const stream = session.request({ ":method": "POST", ":path": "/tfplugin6.Provider/ReadResource" });
      stream.write(Buffer.from([0, 0, 0, 1, 0]));
      await pause(20);
      stream.close(CANCEL);
      await pause(20);
      expect((await raw("ReadResource", request)).status).toBe(0);
      expect(written.filter((line) => /"(error|warn)"/.test(line))).toEqual([]);
    });

    it("while a large answer is on its way is no failure", async () => {
      const large = toWire({ ...empty, old: "x".repeat(8 * MEBIBYTE) }, level);
      const message = protobuf.encode("ReadResource.Request", { typeName, currentState: large });
      const stream = beginGrpc(session, "/tfplugin6.Provider/ReadResource", message);
      await new Promise((resolve) => stream.once("data", resolve));
      stream.close(CANCEL);
      await pause(50);
      expect((await raw("ReadResource", request)).status).toBe(0);
      expect(written.filter((line) => /"(error|warn)"/.test(line))).toEqual([]);
    });
  });

  it("a state of more than 100 MB comes and goes", async () => {
    const state = { ...empty, old: "x".repeat(101 * MEBIBYTE) };
    const currentState = toWire(state, level);
    expect(currentState.msgpack!.length).toBeGreaterThan(100 * MEBIBYTE);
    const { newState } = await call("ReadResource", { typeName, currentState });
    expect(Buffer.compare(newState!.msgpack!, currentState.msgpack!)).toBe(0);
  });
});
