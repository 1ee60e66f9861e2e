import { setTimeout as pause } from "node:timers/promises";
import {
  attribute,
  block,
  type Call,
  Diagnostics,
  defineResource,
  duration,
  OperationTimeout,
  type Resource,
  UNKNOWN,
} from "../../lib/tfplugin";
import { formatDuration, parseDuration } from "../../lib/tfplugin/schema/duration";
import type { Message } from "../../lib/tfplugin/wire/messages";
import { callerOfResources, fromWire, nothing, toWire } from "./caller";

const attributes = {
  id: attribute.string({ computed: true, stable: true }),
  name: attribute.string({ required: true }),
  revision: attribute.number({ computed: true }),
};
const typeName = "demo_thing";
const object = { id: "1", name: "a", revision: 1, timeouts: null };
const config = { id: null, name: "a", revision: null, timeouts: null };
const planned = { ...config, id: UNKNOWN, revision: UNKNOWN };

const define = (more: Partial<Resource> = {}) =>
  defineResource({
    attributes,
    timeouts: { create: "50ms", update: "1h", delete: "2m", read: "90s" },
    create: () => ({}),
    ...more,
  } as Resource);
const level = define();
const wire = (value: unknown) => toWire(value, level);
const state = (value: Message<"DynamicValue"> | undefined) => fromWire(value, level);
const call = (more: Partial<Resource>) => callerOfResources({ demo_thing: define(more) });

/** A wait as every provider has it. */
const wait = ({ signal }: Pick<Call<unknown>, "signal">) => pause(10_000, undefined, { signal });

describe("durations", () => {
  it.each([
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1us", 0.001],
    ["", undefined],
    ["10", undefined],
    ["10 m", undefined],
    ["m", undefined],
    ["-1m", undefined],
    ["1d", undefined],
  ])("%j", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each([
    [90_000, "1m30s"],
    [1_200_000, "20m"],
    [7_200_000, "2h"],
    [500, "0.5s"],
  ])("%d ms is written as %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it("have a validator that says what is allowed", () => {
    const check = (text: string) => duration()(text, { path: [], diagnostics: new Diagnostics() });
    expect(check("1h")).toBeUndefined();
    expect(check("0s")).toMatch(/"0s" is no duration/);
    expect(check("5")).toBe(
      '"5" is no duration. Give numbers above zero with the units h, m and s, such as "90s", "10m" or "1h30m".',
    );
  });
});

describe("the timeouts block", () => {
  it("has an attribute for each operation that is named", () => {
    const { timeouts } = defineResource({
      attributes,
      timeouts: { create: "10m" },
      create: () => ({ id: "1", name: "a", revision: 1 }),
    }).blocks!;
    expect(timeouts).toMatchObject({ nesting: "single" });
    expect(Object.keys(timeouts!.attributes)).toEqual(["create"]);
    expect(timeouts!.attributes.create!.options).toMatchObject({
      optional: true,
      description: 'How long creating may take, such as "90s" or "1h30m". Default: "10m".',
    });
  });

  it("is refused where the schema has one, or a default is wrong", () => {
    expect(() => define({ timeouts: { create: "10" } })).toThrow(/timeouts\.create: "10" is no duration/);
    expect(() => define({ blocks: { timeouts: block.single({ attributes: {} }) } })).toThrow(
      /the framework's/,
    );
  });

  it("is validated", async () => {
    const { diagnostics } = await call({})("ValidateResourceConfig", {
      typeName,
      config: wire({ ...config, timeouts: { create: "ten minutes", update: null, delete: "1h" } }),
    });
    expect(diagnostics).toMatchObject([
      {
        summary: "Invalid value for timeouts.create",
        detail: expect.stringContaining('"ten minutes" is no duration'),
        attribute: { steps: [{ attributeName: "timeouts" }, { attributeName: "create" }] },
      },
    ]);
  });
});

describe("a time limit", () => {
  const create = (more: Partial<Resource>, timeouts: object | null = null) =>
    call(more)("ApplyResourceChange", {
      typeName,
      priorState: nothing,
      plannedState: wire({ ...planned, timeouts }),
      config: wire({ ...config, timeouts }),
    });

  it("aborts the signal with a reason, and says how to get more time", async () => {
    let reason: unknown;
    const { diagnostics } = await create({
      async create({ signal }) {
        await wait({ signal }).catch(() => undefined);
        reason = signal.reason;
        throw reason;
      },
    });
    expect(reason).toBeInstanceOf(OperationTimeout);
    expect(diagnostics).toEqual([
      {
        severity: 1,
        summary: "Creating demo_thing took longer than 50ms",
        detail: `The create had 50ms, which is the default, and was stopped. What it had begun may still be going on.

To give it more time, write into the resource:

  timeouts {
    create = "0.1s"
  }`,
      },
    ]);
  });

  it("is the one that the user wrote, and the message points at it", async () => {
    const { diagnostics } = await create({ create: wait as never }, { create: "20ms" });
    expect(diagnostics).toMatchObject([
      {
        summary: "Creating demo_thing took longer than 20ms",
        detail: expect.stringContaining("as its timeouts block says"),
        attribute: { steps: [{ attributeName: "timeouts" }, { attributeName: "create" }] },
      },
    ]);
  });

  it("keeps what was saved, and tells an error of another kind as well", async () => {
    const { newState, diagnostics } = await create({
      async create({ save, signal }) {
        save({ id: "7" });
        await wait({ signal }).catch(() => undefined);
        throw new Error("The platform is overloaded.");
      },
    });
    expect(state(newState)).toMatchObject({ id: "7", name: "a" });
    expect(diagnostics).toMatchObject([
      { summary: "Creating demo_thing took longer than 50ms" },
      { summary: "Creating demo_thing failed", detail: "The platform is overloaded." },
    ]);
  });

  it("does not delay Ctrl-C, which is told apart", async () => {
    const caller = call({ create: wait as never, timeouts: { create: "1h" } });
    const running = caller("ApplyResourceChange", {
      typeName,
      priorState: nothing,
      plannedState: wire(planned),
      config: wire(config),
    });
    await caller("StopProvider", {});
    expect((await running).diagnostics).toMatchObject([{ summary: "Creating demo_thing was cancelled" }]);
  });

  it("of a deletion and of a read is in the state", async () => {
    const timeouts = { create: null, update: null, delete: "10ms", read: "20ms" };
    const caller = call({ delete: wait as never, read: wait as never });
    const stored = wire({ ...object, timeouts });
    const deleted = await caller("ApplyResourceChange", {
      typeName,
      priorState: stored,
      plannedState: nothing,
      config: nothing,
    });
    expect(deleted.diagnostics).toMatchObject([{ summary: "Deleting demo_thing took longer than 10ms" }]);
    const read = await caller("ReadResource", { typeName, currentState: stored });
    expect(read.diagnostics).toMatchObject([{ summary: "Reading demo_thing took longer than 20ms" }]);
    expect(state(read.newState)).toEqual({ ...object, timeouts });
  });
});

describe("other timeouts", () => {
  const before = { ...object, timeouts: { create: "1m", update: null, delete: null, read: null } };
  const after = { create: null, update: "2m", delete: null, read: null };
  const change = { typeName, priorState: wire(before), config: wire({ ...config, timeouts: after }) };

  it("are planned in place, and leave what is computed known", async () => {
    for (const more of [{}, { update: () => ({}) }, { modifyPlan: () => undefined }]) {
      const answer = await call(more)("PlanResourceChange", { ...change, proposedNewState: change.config });
      expect([answer.requiresReplace, answer.diagnostics]).toEqual([undefined, undefined]);
      expect(state(answer.plannedState)).toEqual({ ...object, timeouts: after });
    }
  });

  it("are no reason of a replacement that has another one", async () => {
    const { requiresReplace } = await call({})("PlanResourceChange", {
      ...change,
      config: wire({ ...config, name: "b", timeouts: after }),
    });
    expect(requiresReplace).toEqual([{ steps: [{ attributeName: "name" }] }]);
  });

  it("are kept without a call", async () => {
    const update = () => {
      throw new Error("called");
    };
    for (const more of [{ update }, {}]) {
      const { newState, diagnostics } = await call(more)("ApplyResourceChange", {
        ...change,
        plannedState: wire({ ...object, timeouts: after }),
      });
      expect(diagnostics).toBeUndefined();
      expect(state(newState)).toEqual({ ...object, timeouts: after });
    }
  });

  it("need nothing from the provider's functions", async () => {
    const caller = call({
      version: 1,
      update: ({ state: { id }, plan }) => ({ id, name: plan.name, revision: 2 }),
      read: ({ state: { id, name } }) => ({ id, name, revision: 1 }),
      modifyPlan: ({ plan: { id, name, revision } }) => ({ id, name, revision }),
      upgrade: { 0: ({ title }) => ({ id: "1", name: title, revision: 1 }) },
    });
    const update = { ...change, config: wire({ ...config, name: "b", timeouts: after }) };
    const { plannedState } = await caller("PlanResourceChange", update);
    expect(state(plannedState)).toMatchObject({ name: "b", timeouts: after });
    const applied = await caller("ApplyResourceChange", { ...update, plannedState });
    expect(applied.diagnostics).toBeUndefined();
    expect(state(applied.newState)).toEqual({ id: "1", name: "b", revision: 2, timeouts: after });
    const read = await caller("ReadResource", { typeName, currentState: change.priorState });
    expect(state(read.newState)).toEqual(before);
    const json = Buffer.from(JSON.stringify({ title: "a", timeouts: before.timeouts }));
    const upgraded = await caller("UpgradeResourceState", { typeName, version: 0, rawState: { json } });
    expect(state(upgraded.upgradedState)).toEqual(before);
  });
});
