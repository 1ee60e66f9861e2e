import * as fc from "fast-check";
import { defineResource, type Fields, hasUnknown, type Resource } from "../../lib/tfplugin";
import { type Level, typeOfLevel } from "../../lib/tfplugin/schema/level";
import { callerOfResources } from "./caller";
import { canon } from "./rules/canon";
import { type PlannedChange, SimulatedCore } from "./rules/core";
import { surprises, withoutWriteOnly } from "./rules/expectation";
import { FakePlatform } from "./rules/platform";
import { Random } from "./rules/random";
import { randomLevel } from "./rules/random-schema";
import { configOf, defaultOf, resolveConfig } from "./rules/random-value";

const STEPS = 10_000;
const typeName = "demo_thing";

/** One life of one object of any schema: created, changed, broken behind Terraform's back, and deleted. */
class Life {
  readonly level: Required<Level>;
  readonly platform: FakePlatform;
  readonly core: SimulatedCore;
  private readonly resource: Resource;

  constructor(private readonly random: Random) {
    this.level = randomLevel(random);
    this.platform = new FakePlatform(random, this.level);
    this.resource = defineResource({
      ...this.level,
      ...this.platform.functions(),
      ...(random.chance(20) ? { update: undefined } : {}),
      ...(random.chance(40)
        ? { modifyPlan: ({ plan }: { plan: Fields }) => ({ ...plan, ...this.platform.known }) }
        : {}),
    } as Resource);
    if (this.resource.modifyPlan) this.platform.known = this.choosePresets();
    this.core = new SimulatedCore(typeName, this.resource, callerOfResources({ [typeName]: this.resource }));
  }

  private choosePresets(): Fields {
    const { attributes } = this.level;
    const computed = Object.keys(attributes).filter((name) => {
      const { options } = attributes[name]!;
      return options.computed && !options.optional && this.random.chance(50);
    });
    return Object.fromEntries(computed.map((name) => [name, defaultOf(this.random, attributes[name]!)]));
  }

  /** What happened, for whoever has to understand a failure. */
  private readonly history: string[] = [];

  async run(): Promise<void> {
    try {
      await this.live();
    } catch (error) {
      if (error instanceof fc.PreconditionFailure) throw error;
      throw new Error(`${this.history.join("\n")}\n\n${(error as Error).message}`);
    }
  }

  private note(what: string, value: unknown): void {
    this.history.push(`${what}: ${canon(value, typeOfLevel(this.resource))}`);
  }

  private async live(): Promise<void> {
    this.history.push(describeLevel(this.resource, "schema"));
    let config = configOf(this.random, this.level, 10);
    for (let rounds = 1 + this.random.below(3); rounds > 0; rounds--) {
      const known = await this.converge(config);
      config = this.random.chance(30) ? known : configOf(this.random, this.level, 10);
      if (this.random.chance(30)) this.platform.drift();
    }
    const { errors } = await this.core.destroy();
    expect(errors).toEqual([]);
    expect(this.platform.object).toBeNull();
  }

  /** Refresh, plan, apply; then nothing more is to be done. Returns the configuration, wholly known. */
  private async converge(config: Fields): Promise<Fields> {
    await this.refresh();
    const change = await this.plan(config);
    const known = resolveConfig(this.random, this.level, config);
    this.platform.mood = this.random.pick([
      "honest",
      "honest",
      "honest",
      "honest",
      "lying",
      "failing",
    ] as const);
    this.note(`${this.platform.mood} ${change.action} for`, known);
    const { errors, problems } = await this.core.apply(change, known);
    const { mood, answer } = this.platform;
    this.platform.mood = "honest";
    this.platform.answer = null;
    fc.pre(!this.platform.merged);
    if (answer && mood === "lying" && hasUnknown(withoutWriteOnly(this.level, answer)))
      expect(errors).not.toEqual([]);
    if (answer && mood === "failing") this.expectSaved(answer, change.action === "update");
    // What Terraform would refuse as a bug in the provider is reported first, and in better words.
    if (problems.length > 0)
      expect([problems, errors]).toEqual([problems, [expect.anything(), ...errors.slice(1)]]);
    if (mood === "honest") expect(errors).toEqual([]);
    else if (errors.length > 0) return this.converge(known);
    await this.refresh();
    const after = await this.plan(known);
    expect(after.action).toBe("no-op");
    return known;
  }

  /** What was done before it failed is in the state; the rest is as it was before, if there was anything before. */
  private expectSaved(saved: Fields, isUpdate: boolean): void {
    const { state } = this.core;
    if (!isUpdate && Object.keys(saved).length === 0) return;
    const expected = isUpdate ? (this.platform.object ?? {}) : saved;
    for (const name of Object.keys(expected)) {
      const type = typeOfLevel(this.resource)[1][name]!;
      expect([name, canon(state?.value[name], type)]).toEqual([name, canon(expected[name], type)]);
    }
  }

  private async plan(config: Fields): Promise<PlannedChange> {
    this.note("plan of", config);
    const change = await this.core.plan(config);
    this.note(`planned ${change.action}`, change.planned);
    const { planned, beforeReplacement, action, prior } = change;
    const presets = this.platform.known;
    const remaining = action === "replace" ? null : prior;
    expect(surprises(this.resource, remaining, config, planned, { replaced: false, presets })).toEqual([]);
    if (beforeReplacement)
      expect(surprises(this.resource, prior, config, beforeReplacement, { replaced: true, presets })).toEqual(
        [],
      );
    return change;
  }

  /** What the platform has is in the state, to the letter. */
  private async refresh(): Promise<void> {
    await this.core.refresh();
    this.note("refreshed", this.core.state?.value);
    const type = typeOfLevel(this.resource);
    expect(canon(this.core.state?.value, type)).toBe(canon(this.platform.object, type));
  }
}

function describeLevel(level: Level, name: string): string {
  const attributes = Object.entries(level.attributes).map(([key, { type, options, nested }]) => {
    const flags = Object.keys(options).filter((flag) => options[flag as keyof typeof options]);
    return `${key}: ${nested ? describeLevel(nested, nested.nesting) : JSON.stringify(type)} ${flags.join(" ")}`;
  });
  const blocks = Object.entries(level.blocks ?? {}).map(
    ([key, block]) => `block ${key}: ${describeLevel(block, block.nesting)}`,
  );
  return `${name} { ${[...attributes, ...blocks].join("; ")} }`;
}

describe("Terraform's rules, for any schema, configuration and platform", () => {
  it("hold from the first plan to the last", async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (generate) => {
        const life = new Life(new Random((arbitrary) => generate(arbitrary)));
        await life.run();
        steps += life.core.steps;
      }),
      { numRuns: 750 },
    );
    expect(steps).toBeGreaterThan(STEPS);
  });
});
