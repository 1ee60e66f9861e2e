import { type Fields, isUnknown } from "../../../lib/tfplugin";
import type { Level } from "../../../lib/tfplugin/schema/level";
import { lie } from "./lie";
import type { Random } from "./random";
import { completePlan, eachObject, hasMerged, stateOf } from "./random-value";

interface Call {
  readonly plan: Fields;
  save(state: Fields): void;
}

/** A platform with one object. It answers as it likes where the plan leaves it to it, and is untidy about the rest. */
export class FakePlatform {
  object: Fields | null = null;
  /** Whether it does as planned and says so; or else what it does to a create or an update. */
  mood: "honest" | "lying" | "failing" = "honest";
  /** What it said when it lied, or saved before it failed. */
  answer: Fields | null = null;
  /** What `modifyPlan` knows beforehand of what is computed: so it is then, also where the plan had to leave it open. */
  known: Fields = {};
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
    const make = ({ plan: planned, save }: Call, isNew: boolean) => {
      const plan = this.asKnown(planned);
      const made = completePlan(this.random, this.level, plan);
      this.merged ||= hasMerged(this.level, plan, made);
      this.answer = null;
      if (this.mood === "failing") this.fail(made, plan, save, isNew);
      this.object = made;
      if (this.mood === "honest") return this.present(made);
      this.answer = lie(this.random, this.level, made);
      return this.answer;
    };
    return {
      create: (call: Call) => make(call, true),
      update: (call: Call) => make(call, false),
      read: () => this.object && this.present(this.object),
      delete: () => {
        this.object = null;
      },
    };
  }

  private asKnown(plan: Fields): Fields {
    const open = Object.entries(this.known).filter(([name]) => isUnknown(plan[name]));
    return { ...plan, ...Object.fromEntries(open) };
  }

  /** Before anything was done, or half-way: then what was done is saved, and the rest as it was planned or before. */
  private fail(made: Fields, plan: Fields, save: Call["save"], isNew: boolean): never {
    this.answer = {};
    if (this.random.chance(50)) throw new Error("Nothing was done.");
    const done = Object.fromEntries(Object.entries(made).filter(() => this.random.chance(50)));
    // A careless provider saves the plan, unknown values and all.
    save(isNew && this.random.chance(30) ? { ...plan, ...done } : done);
    this.answer = done;
    this.object = { ...(this.object ?? made), ...done };
    throw new Error("Half of it was done.");
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
