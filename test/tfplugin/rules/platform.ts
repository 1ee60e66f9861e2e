import { type Fields, UNKNOWN } from "../../../lib/tfplugin";
import type { Level } from "../../../lib/tfplugin/schema/level";
import type { Random } from "./random";
import { completePlan, eachObject, hasMerged, stateOf } from "./random-value";

/** A platform with one object. It answers as it likes where the plan leaves it to it, and is untidy about the rest. */
export class FakePlatform {
  object: Fields | null = null;
  /** Whether it does as planned and says so; or else what it does to a create or an update. */
  mood: "honest" | "lying" | "failing" = "honest";
  /** What it said when it lied. */
  answer: Fields | null = null;
  /** Whether it has made one of two elements of a set, which no real platform does for long. */
  merged = false;

  constructor(
    private readonly random: Random,
    private readonly level: Level,
  ) {}

  /** Something, or everything, changes behind Terraform's back. */
  drift(): void {
    if (!this.object) return;
    const other = stateOf(this.random, this.level);
    const names = Object.keys(other).filter(() => this.random.chance(30));
    this.object = { ...this.object, ...Object.fromEntries(names.map((name) => [name, other[name]])) };
    if (this.random.chance(10)) this.object = null;
  }

  /** The functions of a resource that is kept here. */
  functions() {
    const make = ({ plan, save }: { plan: Fields; save(state: Fields): void }, isNew: boolean) => {
      const made = completePlan(this.random, this.level, plan);
      this.merged ||= hasMerged(this.level, plan, made);
      const { mood } = this;
      if (mood === "failing" && (!isNew || this.random.chance(50))) throw new Error("Nothing was done.");
      this.object = made;
      if (mood === "failing") {
        save(Object.fromEntries(Object.entries(made).filter(() => this.random.chance(50))));
        throw new Error("Half of it was done.");
      }
      if (mood === "honest") return this.present(made);
      this.answer = this.lie(made);
      return this.answer;
    };
    return {
      create: (call: Parameters<typeof make>[0]) => make(call, true),
      update: (call: Parameters<typeof make>[0]) => make(call, false),
      read: () => this.object && this.present(this.object),
      delete: () => {
        this.object = null;
      },
    };
  }

  /** Something else than what was made: other values, unknown ones, or such of a wrong type. */
  private lie(object: Fields): Fields {
    const lied: Record<string, unknown> = { ...object };
    const other = stateOf(this.random, this.level);
    for (const name of Object.keys(object)) {
      if (!this.random.chance(20)) continue;
      lied[name] = this.random.pick<unknown>([other[name], null, UNKNOWN, { wrong: "type" }, 5n]);
    }
    return lied;
  }

  /** The same object as a careless provider returns it: what is null left out, sets in any order, secrets shown. */
  private present(object: Fields): Fields {
    const careless = (level: Level, value: Fields): Fields => {
      const result: Record<string, unknown> = { ...value };
      for (const [name, { type, options, nested }] of Object.entries(level.attributes)) {
        if (nested) result[name] = eachObject(nested, value[name], careless);
        if (type[0] === "set" && value[name]) result[name] = this.random.shuffled(result[name] as unknown[]);
        if (options.writeOnly && this.random.chance(20)) result[name] = "leaked";
        else if ((result[name] ?? null) === null && this.random.chance(50)) delete result[name];
      }
      for (const [name, block] of Object.entries(level.blocks ?? {})) {
        result[name] = eachObject(block, value[name], careless);
        const empty = Array.isArray(result[name]) && (result[name] as unknown[]).length === 0;
        if (empty && this.random.chance(50)) result[name] = null;
      }
      return result;
    };
    return careless(this.level, object);
  }
}
