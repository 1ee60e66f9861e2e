import type { TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { Finding } from "../construct-error";
import { ownConstructs } from "../tree";
import type { DeclaredExposure } from "./exposure";
import { exposuresOf } from "./exposure-reader";
import { type ExposureRuleId, exposureRules } from "./rules";
import { type ExposureSettings, type Governing, policiesAt, strictest } from "./settings";
import { type Suppression, suppressionsAt } from "./suppression";
import { Unknown } from "./unknown";

/** What a rule has found at a construct. */
export interface ExposureFinding extends Finding {
  /** The forward; of a rule about all forwards of an instance, the instance. */
  readonly construct: IConstruct;
  /** The rule that has found it. */
  readonly rule: ExposureRuleId;
  /** "error" stops the synthesis, "warn" does not. */
  readonly level: "error" | "warn";
}

/** A finding that is accepted, with the reason. */
export interface SuppressedFinding extends ExposureFinding {
  /** Why it is accepted, as the suppression says. */
  readonly reason: string;
}

/** A rule that could not look, since a prop is known to Terraform only. */
export interface UncheckedRule {
  /** The forward, or the instance. */
  readonly construct: IConstruct;
  /** The rule that could not look. */
  readonly rule: ExposureRuleId;
  /** What a finding of it would do. */
  readonly level: "error" | "warn";
  /** The prop that is not known. */
  readonly prop: string;
}

/** A suppression that suppresses nothing. */
export interface IdleSuppression extends Suppression {
  /** Where it was noted. */
  readonly construct: IConstruct;
}

/** All that the exposure policy says about one stack. */
export interface ExposureReview {
  /** What is wrong, in the order of the construct tree. */
  readonly findings: ExposureFinding[];
  /** What would be wrong, and is accepted. */
  readonly suppressed: SuppressedFinding[];
  /** What nobody could check before Terraform runs; it has not passed. */
  readonly unchecked: UncheckedRule[];
  /** Suppressions to remove: nothing is found where they are. They stop the synthesis. */
  readonly idle: IdleSuppression[];
}

/** What holds at a construct, since it was said there or above. */
interface Standing {
  readonly policies: readonly Governing[];
  readonly settings: ExposureSettings;
  readonly suppressions: readonly Suppression[];
}

const nothing: Standing = { policies: [], settings: strictest([]), suppressions: [] };

/**
 * Looks at all forwards of a stack as they are now, in linear time.
 * @param visitors policies that were visited with the stack as parts of other aspects
 */
export function reviewStack(stack: TerraformStack, visitors: Iterable<Governing> = []): ExposureReview {
  return new StackReview(stack, [...visitors]).run();
}

class StackReview implements ExposureReview {
  readonly findings: ExposureFinding[] = [];
  readonly suppressed: SuppressedFinding[] = [];
  readonly unchecked: UncheckedRule[] = [];
  readonly idle: IdleSuppression[] = [];
  private readonly standings = new Map<IConstruct, Standing>();
  private readonly noted = new Map<IConstruct, readonly Suppression[]>();
  private readonly effective = new Set<Suppression>();

  constructor(
    private readonly stack: TerraformStack,
    private readonly visitors: readonly Governing[],
  ) {}

  run(): ExposureReview {
    for (const construct of ownConstructs(this.stack)) this.standingAt(construct);
    for (const exposure of exposuresOf(this.stack)) this.check(exposure, this.settingsOf(exposure.resource));
    for (const [construct, suppressions] of this.noted) {
      for (const suppression of suppressions) {
        if (!this.effective.has(suppression)) this.idle.push({ construct, ...suppression });
      }
    }
    return this;
  }

  private check(exposure: DeclaredExposure, settings: ExposureSettings): void {
    for (const { id: rule, subject, check } of exposureRules) {
      const outcome = check(exposure, settings);
      if (!outcome) continue;
      const { construct } = subject === "instance" ? exposure.instance : exposure;
      const level = settings.levels[rule] ?? "off";
      const suppression = this.standingAt(construct).suppressions.find((one) => one.rule === rule);
      if (suppression) this.effective.add(suppression);
      // What is not made exposes nothing. What is accepted of it stays so, for where it is made.
      if (level === "off" || exposure.isMade === false) continue;
      if (outcome instanceof Unknown) {
        if (!suppression) this.unchecked.push({ construct, rule, level, prop: outcome.prop });
      } else if (suppression) {
        this.suppressed.push({ construct, rule, level, ...outcome, reason: suppression.reason });
      } else {
        this.findings.push({ construct, rule, level, ...outcome });
      }
    }
  }

  private settingsOf(resource: TerraformResource): ExposureSettings {
    const { policies, settings } = this.standingAt(resource);
    const others = this.visitors.filter(
      (policy) => !policies.includes(policy) && policy.hasVisited(resource),
    );
    return others.length > 0 ? strictest([...policies, ...others]) : settings;
  }

  private standingAt(construct: IConstruct): Standing {
    const known = this.standings.get(construct);
    if (known) return known;
    const { scope } = construct.node;
    const suppressions = suppressionsAt(construct);
    if (suppressions.length > 0) this.noted.set(construct, suppressions);
    const standing = add(scope ? this.standingAt(scope) : nothing, policiesAt(construct), suppressions);
    this.standings.set(construct, standing);
    return standing;
  }
}

/** The nearest suppression comes first. */
function add(
  above: Standing,
  policies: readonly Governing[],
  suppressions: readonly Suppression[],
): Standing {
  if (policies.length + suppressions.length === 0) return above;
  const all = [...above.policies, ...policies];
  return { policies: all, settings: strictest(all), suppressions: [...suppressions, ...above.suppressions] };
}
