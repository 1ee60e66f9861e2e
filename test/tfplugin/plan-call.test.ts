import { attribute, defineResource, type ModifyPlanCall, type Resource } from "../../lib/tfplugin";
import { callerOfResources, fromWire, nothing, toWire } from "./caller";

const attributes = {
  id: attribute.string({ computed: true, stable: true }),
  name: attribute.string({
    required: true,
    replace: ({ planned }: { planned: unknown }) => String(planned).startsWith("new"),
  }),
};
const level = { attributes };
const typeName = "demo_thing";
const state = { id: "1", name: "a" };
const bytes = (value: object) => Buffer.from(JSON.stringify(value));
const text = (value: Uint8Array | undefined) => Buffer.from(value ?? []).toString();

function serve(resource: Partial<Resource>) {
  const thing = defineResource({ ...level, create: () => ({}), update: () => ({}) } as Resource);
  return callerOfResources({
    demo_thing: { ...thing, ...resource },
    demo_other: thing,
  });
}

describe("the plan of a deletion", () => {
  const request = {
    typeName,
    priorState: toWire(state, level),
    proposedNewState: nothing,
    config: nothing,
    priorPrivate: bytes({ created: "1" }),
  };

  it("is asked for only where a resource type has a say", async () => {
    const capabilities = async (resource: Partial<Resource>) =>
      (await serve(resource)("GetProviderSchema", {})).serverCapabilities;
    expect(await capabilities({})).toMatchObject({ planDestroy: false });
    expect(await capabilities({ planDelete: () => {} })).toMatchObject({ planDestroy: true });
  });

  it("passes where the resource type has none, and keeps the private state as it came", async () => {
    const call = serve({ planDelete: ({ diagnostics }) => diagnostics.error("No") });
    const answer = await call("PlanResourceChange", {
      ...request,
      typeName: "demo_other",
      // Not even read: no other resource type pays for one that has a say.
      priorState: { msgpack: Buffer.from("no msgpack") },
      priorPrivate: Buffer.from("not ours"),
    });
    expect(fromWire(answer.plannedState, level)).toBeNull();
    expect(answer.diagnostics).toBeUndefined();
    expect(text(answer.plannedPrivate)).toBe("not ours");
  });

  it("sees the object, the client and the private state, and can refuse", async () => {
    const call = serve({
      planDelete({ client, state: { name }, privateState, diagnostics }) {
        privateState.set("asked", true);
        diagnostics.warning(`${client} looks at ${name}, made as ${privateState.get("created")}`);
        diagnostics.error("It is protected", "Set deletion_protection to false, and apply.", "name");
      },
    });
    await call("ConfigureProvider", {});
    const answer = await call("PlanResourceChange", request);
    expect(fromWire(answer.plannedState, level)).toBeNull();
    expect(JSON.parse(text(answer.plannedPrivate))).toEqual({ created: "1", asked: true });
    expect(answer.diagnostics).toMatchObject([
      { severity: 2, summary: "client looks at a, made as 1" },
      { severity: 1, summary: "It is protected", attribute: { steps: [{ attributeName: "name" }] } },
    ]);
  });

  it("is asked for with a replacement, of which Terraform asks nothing", async () => {
    const asked: unknown[] = [];
    const replacing = serve({
      planDelete({ state: { id }, privateState, diagnostics }) {
        asked.push([id, privateState.get("created")]);
        diagnostics.error("It is protected");
      },
      modifyPlan: ({ requiresReplace }) => requiresReplace("name"),
    });
    const change = (name: string) =>
      replacing("PlanResourceChange", { ...request, config: toWire({ id: null, name }, level) });
    // The demand of modifyPlan is void while the name stays.
    expect((await change("a")).diagnostics).toBeUndefined();
    expect((await change("b")).diagnostics).toMatchObject([{ summary: "It is protected" }]);
    expect((await change("new")).diagnostics).toMatchObject([{ summary: "It is protected" }]);
    expect(asked).toEqual([
      ["1", "1"],
      ["1", "1"],
    ]);
  });

  it("fails in words when the hook throws", async () => {
    const call = serve({ planDelete: () => Promise.reject(new Error("down")) });
    const { diagnostics } = await call("PlanResourceChange", request);
    expect(diagnostics).toMatchObject([
      { severity: 1, summary: "Planning the deletion of demo_thing failed", detail: "down" },
    ]);
  });
});

describe("the private state that a plan sees", () => {
  const seen: unknown[] = [];
  const call = serve({
    modifyPlan({ action, privateState }: ModifyPlanCall<unknown, never, never>) {
      seen.push([action, privateState.get("key")]);
      if (privateState.get("key") === undefined) privateState.set("key", "made");
    },
    create({ plan, privateState }) {
      seen.push(["created", privateState.get("key")]);
      return plan;
    },
    delete({ privateState }) {
      seen.push(["delete", privateState.get("key")]);
    },
  });
  const plan = (priorState: typeof state | null, more: object, config = { id: null, name: "b" }) =>
    call("PlanResourceChange", {
      typeName,
      priorState: toWire(priorState, level),
      proposedNewState: nothing,
      config: toWire(config, level),
      ...more,
    });

  beforeEach(() => {
    seen.length = 0;
  });

  it("is that of an earlier plan of the same change, where Terraform still has it", async () => {
    const first = await plan(null, {});
    expect(JSON.parse(text(first.plannedPrivate))).toEqual({ key: "made" });
    const again = await plan(null, { plannedPrivate: bytes({ key: "planned" }) });
    expect(JSON.parse(text(again.plannedPrivate))).toEqual({ key: "planned" });
    await plan(state, { priorPrivate: bytes({ key: "old" }), plannedPrivate: bytes({ key: "planned" }) });
    expect(seen).toEqual([
      ["create", undefined],
      ["create", "planned"],
      ["update", "planned"],
    ]);
  });

  it("is that of the object otherwise", async () => {
    const { plannedPrivate } = await plan(state, { priorPrivate: bytes({ key: "old" }) });
    expect(seen).toEqual([["update", "old"]]);
    expect(text(plannedPrivate)).toBe('{"key":"old"}');
  });

  it("is not that of the object which is replaced", async () => {
    const config = { id: null, name: "new" };
    const { plannedPrivate, requiresReplace } = await plan(
      state,
      { priorPrivate: bytes({ key: "old" }) },
      config,
    );
    expect(requiresReplace).toHaveLength(1);
    // Terraform's second call: no prior object, and the private state that the first call has returned.
    const second = await plan(null, { priorPrivate: plannedPrivate }, config);
    expect(seen).toEqual([
      ["update", "old"],
      ["create", undefined],
    ]);
    // Terraform deletes and creates with what the second call has returned.
    const change = { typeName, config: toWire(config, level), plannedPrivate: second.plannedPrivate };
    const deleted = { ...change, priorState: toWire(state, level), plannedState: nothing };
    const created = { ...change, priorState: nothing, plannedState: toWire(config, level) };
    await call("ApplyResourceChange", deleted);
    const { private: kept } = await call("ApplyResourceChange", created);
    expect(seen.slice(2)).toEqual([
      ["delete", "old"],
      ["created", "made"],
    ]);
    expect(JSON.parse(text(kept))).toEqual({ key: "made" });
  });

  it("of a new object stays empty when nobody writes to it", async () => {
    const quiet = serve({ create: ({ plan: planned }) => planned });
    const config = toWire({ id: null, name: "b" }, level);
    const change = { typeName, priorState: nothing, config };
    const { plannedPrivate } = await quiet("PlanResourceChange", {
      ...change,
      priorPrivate: bytes({ key: "old" }),
    });
    const answer = await quiet("ApplyResourceChange", { ...change, plannedState: config, plannedPrivate });
    expect(text(answer.private)).toBe("{}");
  });
});
