import { attribute, block, DiagnosticError, defineResource, type Resource } from "../../lib/tfplugin";
import type { Level } from "../../lib/tfplugin/schema/level";
import type { Message } from "../../lib/tfplugin/wire/messages";
import { callerOfResources, fromWire, nothing, toWire } from "./caller";

const attributes = {
  id: attribute.string({ computed: true, stable: true }),
  name: attribute.string({ required: true }),
  secret: attribute.string({ optional: true, writeOnly: true }),
  token: attribute.string({ optional: true, computed: true, sensitive: true }),
};
const blocks = { rule: block.list({ attributes: { port: attribute.number({ required: true }) } }) };
const level = { attributes, blocks };
const typeName = "demo_thing";

/** A provider with one resource type, and its RPCs. */
function serve(resource: Partial<Resource>, explain?: (error: unknown) => undefined) {
  const thing = defineResource({ ...level, create: () => ({}), ...resource } as Resource);
  return callerOfResources(
    { demo_thing: thing },
    {
      explain,
      configure({ config, diagnostics }) {
        if (config.url === "bad") diagnostics.error("No such place", "Use another.", "url");
        return "client";
      },
    },
  );
}

const wire = (value: unknown, of: Level = level) => toWire(value, of);
const state = (value: Message<"DynamicValue"> | undefined) => fromWire(value, level);
const planned = { id: null, name: "a", secret: null, token: null, rule: [] };

describe("ApplyResourceChange", () => {
  const create = (resource: Partial<Resource>, plan = planned) =>
    serve(resource)("ApplyResourceChange", {
      typeName,
      priorState: nothing,
      plannedState: wire(plan),
      config: wire(plan),
    });

  it("never returns write-only values, missing attributes or null blocks", async () => {
    const { newState } = await create({ create: () => ({ id: null, name: "a", secret: "leak" }) });
    expect(state(newState)).toEqual(planned);
  });

  it("keeps the id when another attribute has a wrong type", async () => {
    const { newState, diagnostics } = await create({ create: () => ({ ...planned, name: 5 }) });
    expect(state(newState)).toMatchObject({ id: null, name: null });
    expect(diagnostics).toMatchObject([
      { summary: expect.stringContaining("name") },
      { summary: expect.stringMatching(/wrong value for name/) },
    ]);
  });

  it("shows no sensitive value in its messages", async () => {
    const { diagnostics } = await create({ create: () => ({ ...planned, token: "hunter2" }) });
    expect(JSON.stringify(diagnostics)).toMatch(/contradicts the plan for token/);
    expect(JSON.stringify(diagnostics)).not.toMatch(/hunter2/);
  });

  it("turns what was thrown into words without a stack", async () => {
    const failing = () => {
      throw new Error("It broke.", { cause: new Error("No disk.") });
    };
    const { newState, diagnostics } = await create({ create: failing });
    expect(state(newState)).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: 1, summary: "Creating demo_thing failed", detail: "It broke.\nNo disk." },
    ]);
  });

  it("takes diagnostics from an error that carries them", async () => {
    const failing = () => {
      throw new DiagnosticError({ severity: "error", summary: "Port taken", path: ["rule", 0, "port"] });
    };
    const { diagnostics } = await create({ create: failing });
    expect(diagnostics).toMatchObject([
      {
        summary: "Port taken",
        attribute: { steps: [{ attributeName: "rule" }, { elementKeyInt: 0 }, { attributeName: "port" }] },
      },
    ]);
  });

  it("says so when nothing comes back", async () => {
    const { diagnostics } = await create({ create: () => undefined as never });
    expect(diagnostics).toMatchObject([{ summary: "Creating demo_thing returned no state" }]);
  });

  it("keeps what an update has saved before it failed", async () => {
    const prior = { ...planned, id: "1", name: "before" };
    const call = serve({
      update({ save }) {
        save({ token: "new" });
        throw new Error("no");
      },
    });
    const { newState } = await call("ApplyResourceChange", {
      typeName,
      priorState: wire(prior),
      plannedState: wire({ ...prior, name: "after" }),
      config: wire(planned),
    });
    expect(state(newState)).toEqual({ ...prior, token: "new" });
  });
});

describe("ReadResource", () => {
  it("keeps the state and the private state of an object that could not be read", async () => {
    const currentState = wire({ ...planned, id: "1" });
    const call = serve({ read: () => Promise.reject(new Error("down")) });
    const answer = await call("ReadResource", { typeName, currentState, private: Buffer.from("not ours") });
    expect(state(answer.newState)).toMatchObject({ id: "1" });
    expect(Buffer.from(answer.private!).toString()).toBe("not ours");
    expect(answer.diagnostics).toHaveLength(1);
  });

  it("empties null lists of blocks, which newer cores take for a change", async () => {
    const call = serve({ read: ({ state: current }) => ({ ...current, rule: null }) });
    const { newState } = await call("ReadResource", {
      typeName,
      currentState: wire({ ...planned, rule: null }),
    });
    expect(state(newState)).toMatchObject({ rule: [] });
  });

  it("returns null for what is gone", async () => {
    const { newState } = await serve({ read: () => null })("ReadResource", {
      typeName,
      currentState: wire(planned),
    });
    expect(state(newState)).toBeNull();
  });
});

describe("UpgradeResourceState", () => {
  it("hands a state of the same version back untouched", async () => {
    const json = Buffer.from('{ "id" : 12345678901234567890.10, "rule" : [] }');
    const { upgradedState } = await serve({})("UpgradeResourceState", {
      typeName,
      version: 0,
      rawState: { json },
    });
    expect(Buffer.from(upgradedState!.json!)).toEqual(json);
  });

  it("empties the list of a block that the schema did not have when the state was written", async () => {
    const rawState = { json: Buffer.from('{"id":"1","name":"a"}') };
    const { upgradedState } = await serve({})("UpgradeResourceState", { typeName, version: 0, rawState });
    expect(state(upgradedState)).toEqual({ ...planned, id: "1" });
  });

  it("goes one version at a time", async () => {
    const upgrade = {
      0: (raw: object) => ({ ...raw, token: "one" }),
      1: (raw: object) => ({ ...raw, id: `${(raw as { token: string }).token} two` }),
    };
    const rawState = { json: Buffer.from('{"name":"a","gone":true}') };
    const { upgradedState } = await serve({ version: 2, upgrade })("UpgradeResourceState", {
      typeName,
      version: 0,
      rawState,
    });
    expect(state(upgradedState)).toEqual({ ...planned, token: "one", id: "one two" });
  });

  it("refuses versions that it cannot reach", async () => {
    const rawState = { json: Buffer.from("{}") };
    const newer = await serve({})("UpgradeResourceState", { typeName, version: 3, rawState });
    expect(newer.diagnostics).toMatchObject([
      { summary: expect.stringContaining("newer than the provider") },
    ]);
    const gap = await serve({ version: 1 })("UpgradeResourceState", { typeName, version: 0, rawState });
    expect(gap.diagnostics).toMatchObject([{ detail: "There is no way from schema version 0 to 1." }]);
  });
});

describe("the provider", () => {
  it("puts errors of configure at their attribute", async () => {
    const config = wire({ url: "bad" }, { attributes: { url: attribute.string({ optional: true }) } });
    const { diagnostics } = await serve({})("ConfigureProvider", { config, terraformVersion: "1.11.4" });
    expect(diagnostics).toMatchObject([{ severity: 1, attribute: { steps: [{ attributeName: "url" }] } }]);
  });

  it("aborts the signal of functions that run when Terraform asks to stop", async () => {
    const call = serve({
      create: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    });
    const running = call("ApplyResourceChange", {
      typeName,
      priorState: nothing,
      plannedState: wire(planned),
      config: wire(planned),
    });
    await call("StopProvider", {});
    expect((await running).diagnostics).toMatchObject([{ summary: "Creating demo_thing was cancelled" }]);
  });

  it("survives an explain that fails, and a type that it does not have", async () => {
    const broken = () => {
      throw new Error("explain broke");
    };
    const call = serve({ create: () => Promise.reject(new Error("It broke.")) }, broken);
    const request = { typeName, priorState: nothing, plannedState: wire(planned), config: wire(planned) };
    expect((await call("ApplyResourceChange", request)).diagnostics).toMatchObject([{ detail: "It broke." }]);
    const other = await call("ReadResource", { typeName: "demo_other" });
    expect(other.diagnostics).toMatchObject([{ detail: 'This provider has no resource type "demo_other".' }]);
  });

  it("refuses write-only values from a Terraform that would store them", async () => {
    const config = wire(
      { ...planned, secret: "x" },
      { attributes: { ...attributes, secret: attribute.string({ optional: true }) }, blocks },
    );
    const { diagnostics } = await serve({})("ValidateResourceConfig", { typeName, config });
    expect(diagnostics).toMatchObject([{ summary: "secret needs a newer Terraform" }]);
  });
});
