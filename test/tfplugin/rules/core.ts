import { hasUnknown, isUnknown, type Path } from "../../../lib/tfplugin";
import { type Level, typeOfLevel } from "../../../lib/tfplugin/schema/level";
import type { Message, Rpc } from "../../../lib/tfplugin/wire/messages";
import { type Caller, fromWire, nothing, toWire } from "../caller";
import { canon } from "./canon";
import { incompatibilities } from "./compatible";
import { withoutWriteOnly } from "./expectation";
import { planProblems } from "./plan-valid";
import { proposedNew } from "./proposed-new";

type Fields = { readonly [name: string]: unknown };

/** What Terraform has decided to do. */
export interface PlannedChange {
  readonly action: "create" | "update" | "replace" | "no-op";
  readonly prior: Fields | null;
  readonly planned: Fields;
  readonly private: Uint8Array | undefined;
  /** What was planned before Terraform asked again, because a new object is needed. */
  readonly beforeReplacement?: Fields;
}

/** How an apply ended. */
export interface Applied {
  /** Errors that the provider has reported. */
  readonly errors: readonly string[];
  /** What Terraform itself would have complained about. */
  readonly problems: readonly string[];
  readonly value: Fields | null;
}

/**
 * Terraform's life of one object, as its core drives a provider (internal/terraform of 1.11), with every check that it
 * makes. Throws when the provider breaks a rule.
 */
export class SimulatedCore {
  state: {
    readonly value: Fields;
    readonly private: Uint8Array | undefined;
    readonly tainted: boolean;
  } | null = null;
  /** Plans, applies and refreshes so far. */
  steps = 0;

  constructor(
    private readonly typeName: string,
    private readonly level: Level,
    private readonly caller: Caller,
  ) {}

  /** The object as Terraform counts on it: one that is tainted counts as none. */
  get prior(): Fields | null {
    return this.state && !this.state.tainted ? this.state.value : null;
  }

  async plan(config: Fields): Promise<PlannedChange> {
    const { diagnostics } = await this.call("ValidateResourceConfig", {
      config: this.wire(config),
      clientCapabilities: { writeOnlyAttributesAllowed: true },
    });
    this.refuse(
      "ValidateResourceConfig",
      diagnostics?.map(({ summary, detail }) => `${summary}: ${detail}`),
    );
    const { prior } = this;
    const first = await this.planOnce(config, prior, prior ? this.state?.private : undefined);
    const replaces = first.requiresReplace.some((path) => this.differs(path, prior, first.planned));
    if (prior === null) return { ...first, prior, action: this.state ? "replace" : "create" };
    if (replaces) {
      const second = await this.planOnce(config, null, first.private);
      return { ...second, prior, action: "replace", beforeReplacement: first.planned };
    }
    const same = canon(prior, this.type) === canon(first.planned, this.type);
    return { ...first, prior, action: same ? "no-op" : "update" };
  }

  /** Plans again with what is known by then, as Terraform does, and applies. */
  async apply(change: PlannedChange, config: Fields): Promise<Applied> {
    if (change.action === "replace") {
      const { errors, problems } = await this.destroy(change.private);
      if (errors.length > 0) return { errors, problems, value: this.prior };
    }
    const again = await this.plan(config);
    const settled = change.action === "update" && again.action === "no-op";
    const expected = change.action === "replace" ? "create" : change.action;
    this.refuse(
      `the final plan (${again.action} for ${change.action})`,
      again.action === expected || settled ? [] : ["another action"],
    );
    this.refuse("the final plan", incompatibilities(this.level, change.planned, again.planned));
    if (again.action === "no-op") return { errors: [], problems: [], value: this.prior };
    this.steps++;
    const {
      newState,
      private: kept,
      diagnostics,
    } = await this.call("ApplyResourceChange", {
      priorState: this.wire(again.prior),
      plannedState: this.wire(again.planned),
      config: this.wire(config),
      plannedPrivate: again.private,
    });
    const errors = errorsOf(diagnostics);
    const value = this.read(newState, "the result");
    const problems = incompatibilities(this.level, again.planned, value);
    const tainted = errors.length > 0 && again.action === "create";
    if (value) this.state = { value, private: kept, tainted };
    return { errors, problems, value };
  }

  async refresh(): Promise<void> {
    if (!this.state) return;
    this.steps++;
    const answer = await this.call("ReadResource", {
      currentState: this.wire(this.state.value),
      private: this.state.private,
    });
    this.refuse("ReadResource", errorsOf(answer.diagnostics));
    const value = this.read(answer.newState, "what was read");
    this.state = value && { ...this.state, value, private: answer.private };
  }

  async destroy(plannedPrivate = this.state?.private): Promise<Applied> {
    if (!this.state) return { errors: [], problems: [], value: null };
    const priorState = this.wire(this.state.value);
    const request = { priorState, config: nothing, priorPrivate: plannedPrivate };
    const plan = await this.call("PlanResourceChange", { ...request, proposedNewState: nothing });
    this.refuse("the plan of a deletion", errorsOf(plan.diagnostics));
    if (fromWire(plan.plannedState, this.level) !== null)
      throw new Error("A deletion is planned as something.");
    this.steps += 2;
    const answer = await this.call("ApplyResourceChange", {
      priorState,
      config: nothing,
      plannedState: nothing,
      plannedPrivate: plan.plannedPrivate,
    });
    const errors = errorsOf(answer.diagnostics);
    const value = this.read(answer.newState, "what is left");
    if (errors.length === 0 && value !== null) throw new Error("After a deletion there is something.");
    this.state = value && { ...this.state, value, private: answer.private };
    return { errors, problems: [], value };
  }

  private async planOnce(config: Fields, prior: Fields | null, priorPrivate: Uint8Array | undefined) {
    this.steps++;
    const answer = await this.call("PlanResourceChange", {
      priorState: this.wire(prior),
      proposedNewState: this.wire(proposedNew(this.level, prior, config)),
      config: this.wire(config),
      priorPrivate,
    });
    this.refuse("PlanResourceChange", errorsOf(answer.diagnostics));
    const planned = fromWire(answer.plannedState, this.level);
    if (planned === null) throw new Error("Nothing is planned.");
    this.refuse("the plan", this.writeOnlyProblems(planned));
    this.refuse("the plan", planProblems(this.level, prior, config, planned));
    return {
      planned,
      private: answer.plannedPrivate,
      requiresReplace: (answer.requiresReplace ?? []).map(({ steps = [] }) =>
        steps.map((step) => step.attributeName ?? step.elementKeyString ?? Number(step.elementKeyInt)),
      ),
    };
  }

  /** A path whose value is the same before and after is no reason for a replacement; one that leads nowhere is a bug. */
  private differs(path: Path & readonly unknown[], prior: Fields | null, planned: Fields): boolean {
    const at = (value: unknown) =>
      path.reduce<unknown>((inner, step) => (inner as Fields | null | undefined)?.[step as string], value);
    const [before, after] = [at(prior), at(planned)];
    if (before === undefined && after === undefined)
      throw new Error(`${path.join(".")} is no path of the object.`);
    return (
      canon(before, typeAt(this.type, path)) !== canon(after, typeAt(this.type, path)) || isUnknown(after)
    );
  }

  private get type() {
    return typeOfLevel(this.level);
  }

  private wire(value: Fields | null) {
    return toWire(value, this.level);
  }

  /** A state as it comes back: whole, known, and without write-only values. */
  private read(wire: Message<"DynamicValue"> | undefined, what: string): Fields | null {
    const value = fromWire(wire, this.level);
    if (value === null) return null;
    if (hasUnknown(value)) throw new Error(`${what} is not wholly known: ${canon(value, this.type)}`);
    this.refuse(what, this.writeOnlyProblems(value));
    for (const [name, { nesting }] of Object.entries(this.level.blocks ?? {})) {
      if (nesting !== "single" && value[name] === null)
        throw new Error(`${what}: the blocks ${name} are null.`);
    }
    return value;
  }

  private writeOnlyProblems(value: Fields): string[] {
    const clean = canon(withoutWriteOnly(this.level, value), this.type);
    return clean === canon(value, this.type) ? [] : ["a write-only value is given away"];
  }

  private refuse(what: string, problems: readonly string[] = []): void {
    if (problems.length > 0) throw new Error(`${what}:\n${problems.join("\n")}`);
  }

  private call<R extends Rpc>(rpc: R, request: object): Promise<Message<`${R}.Response`>> {
    return this.caller(rpc, { typeName: this.typeName, ...request } as never);
  }
}

function errorsOf(diagnostics: readonly Message<"Diagnostic">[] = []): string[] {
  return diagnostics
    .filter(({ severity }) => severity === 1)
    .map(({ summary, detail }) => `${summary}: ${detail}`);
}

function typeAt(type: ReturnType<typeof typeOfLevel>, path: readonly unknown[]) {
  let at: unknown = type;
  for (const step of path) {
    const [kind, inner] = at as [string, unknown];
    at = kind === "object" || kind === "tuple" ? (inner as { [step: string]: unknown })[String(step)] : inner;
  }
  return at as never;
}
