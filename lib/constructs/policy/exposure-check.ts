import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { onePerStack } from "../one-per-stack";
import { checkStack, type Refuse } from "../stack-check";
import { announce } from "./announcement";
import { forgetRecords, recordReview } from "./record";
import { type ExposureReview, reviewStack } from "./review";
import type { Governing } from "./settings";

/** The check of one stack's forwards at each of its validations. */
export class ExposureCheck {
  static of(stack: TerraformStack): ExposureCheck {
    return onePerStack(stack, "exposure-check", () => new ExposureCheck(stack));
  }

  private readonly visitors = new Set<Governing>();
  private recorded: readonly IConstruct[] = [];

  private constructor(private readonly stack: TerraformStack) {
    checkStack(stack, (refuse) => this.run(refuse));
  }

  /** Takes in a policy that has visited a forward of the stack. */
  visited(policy: Governing): void {
    this.visitors.add(policy);
  }

  /** What is to say about the forwards as they are now. */
  review(): ExposureReview {
    return reviewStack(this.stack, this.visitors);
  }

  private run(refuse: Refuse): void {
    const review = this.review();
    forgetRecords(this.recorded);
    this.recorded = recordReview(review);
    for (const { construct, rule, level, problem, fix } of review.findings) {
      if (level !== "error") continue;
      const suppression = `Where it has to be so: ExposurePolicy.suppress(construct, "${rule}", "why").`;
      refuse(construct, { problem: `${problem} (${rule})`, fix: `${fix} ${suppression}` });
    }
    for (const { construct, rule } of review.idle) {
      refuse(construct, {
        problem: `The suppression of ${rule} has no effect: the rule finds nothing here or below.`,
        fix: "Take it out; what it allows is no longer done.",
      });
    }
    announce(this.stack, review);
  }
}
