import { type IAspect, TerraformElement } from "cdktf";
import type { IConstruct } from "constructs";
import { brand, hasBrand } from "../brand";
import { stacksOf } from "../tree";
import { ExposureCheck } from "./exposure-check";
import { isForwardResource } from "./exposure-reader";
import type { ExposureReview } from "./review";
import { type ExposureRuleId, exposureRules } from "./rules";
import { defaultSettings, type ExposureLevel, type ExposureSettings, type Governing } from "./settings";
import { suppress } from "./suppression";

/** What a policy asks of forwards. */
export interface ExposurePolicyProps {
  /**
   * What a rule's findings do, by its id: stop the synthesis ("error"), warn, or nothing.
   * @default ssh, remote desktop and databases that are open to everyone stop it, all else warns
   */
  readonly rules?: { readonly [Id in ExposureRuleId]?: ExposureLevel };
  /**
   * Most forwards of one instance, for `too-many-forwards`.
   * @default 10
   */
  readonly maxForwardsPerInstance?: number;
  /**
   * Most ports of one range, for `wide-range`.
   * @default 100
   */
  readonly maxRange?: number;
}

/**
 * What forwards may expose, and to whom: an aspect that teams share. Rules look at the port *behind* a forward (an
 * external 40022 that leads to 22 is ssh), at its sources and its end.
 *
 * Every stack is checked when it is validated, by `app.synth()`, `Testing.fullSynth(stack)` and
 * `Testing.synth(stack, true)`, but not by `Testing.synth(stack)`. Where no policy was added, the default one counts;
 * one that is added to the app, a stack or a construct takes its place for all below. Where there are several, the
 * strictest counts, rule by rule. What only Terraform knows is said to be unchecked.
 *
 * @example
 * Aspects.of(app).add(new ExposurePolicy({ rules: { "plain-http": "error", "no-description": "off" } }));
 */
export class ExposurePolicy implements IAspect, Governing {
  static {
    brand(ExposurePolicy, "ExposurePolicy");
  }

  /** Whether a value is an ExposurePolicy, of this or another copy of the package. */
  static isExposurePolicy(value: unknown): value is ExposurePolicy {
    return hasBrand(value, "ExposurePolicy");
  }

  /**
   * A policy in which every finding stops the synthesis, but for rules with another level in `rules`.
   *
   * @example
   * Aspects.of(app).add(ExposurePolicy.strict());
   */
  static strict(props: ExposurePolicyProps = {}): ExposurePolicy {
    const rules = Object.fromEntries(exposureRules.map(({ id }) => [id, "error"]));
    return new ExposurePolicy({ ...props, rules: { ...rules, ...props.rules } });
  }

  /**
   * Accepts the findings of a rule at a construct and all below it, with a reason that reports show. One that no
   * longer has an effect stops the synthesis, so that it goes when its cause goes.
   * @throws ConstructError when there is no such rule, or no reason.
   *
   * @example
   * const page = web.forward(Port.tcp(8080), { description: "web service" });
   * ExposurePolicy.suppress(page, "plain-http", "A redirect to HTTPS, nothing else.");
   */
  static suppress(construct: IConstruct, rule: ExposureRuleId, reason: string): void {
    suppress(construct, { rule, reason });
  }

  /**
   * What synthesis would say about the forwards in a scope, as they are now: for tests, and for other aspects.
   *
   * @example
   * const { findings } = ExposurePolicy.review(project);
   */
  static review(scope: IConstruct): ExposureReview {
    const reviews = stacksOf(scope).map((stack) => ExposureCheck.of(stack).review());
    const isInScope = ({ construct }: { readonly construct: IConstruct }) =>
      construct.node.scopes.includes(scope);
    return {
      findings: reviews.flatMap(({ findings }) => findings.filter(isInScope)),
      suppressed: reviews.flatMap(({ suppressed }) => suppressed.filter(isInScope)),
      unchecked: reviews.flatMap(({ unchecked }) => unchecked.filter(isInScope)),
      idle: reviews.flatMap(({ idle }) => idle.filter(isInScope)),
    };
  }

  /** What the policy asks, with all its defaults. */
  readonly settings: ExposureSettings;
  private readonly seen = new WeakSet<IConstruct>();

  constructor(props: ExposurePolicyProps = {}) {
    this.settings = {
      levels: { ...defaultSettings.levels, ...props.rules },
      maxForwardsPerInstance: props.maxForwardsPerInstance ?? defaultSettings.maxForwardsPerInstance,
      maxRange: props.maxRange ?? defaultSettings.maxRange,
    };
  }

  /** Called by cdktf, and by an aspect of one's own that has a policy in it: values are read later, at validation. */
  visit(construct: IConstruct): void {
    if (!TerraformElement.isTerraformElement(construct) || !isForwardResource(construct)) return;
    this.seen.add(construct);
    ExposureCheck.of(construct.cdktfStack).visited(this);
  }

  /** Whether the policy has visited a construct. */
  hasVisited(construct: IConstruct): boolean {
    return this.seen.has(construct);
  }
}
