import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { describe } from "../construct-error";
import { announce } from "./announcement";
import { forgetRecords, recordReview } from "./record";
import { type ExposureReview, reviewStack } from "./review";
import type { Governing } from "./settings";

/** Held by the stack itself: of several copies of the package, the first one to come checks all forwards. */
const symbol = Symbol.for("fairlead/exposure-check");

/** The check of one stack's forwards at each of its validations. */
export class StackCheck {
  static of(stack: TerraformStack): StackCheck {
    const known = (stack as { readonly [symbol]?: StackCheck })[symbol];
    if (known) return known;
    const check = new StackCheck(stack);
    Object.defineProperty(stack, symbol, { value: check });
    return check;
  }

  private readonly visitors = new Set<Governing>();
  private readonly problems = new Map<IConstruct, string[]>();
  private recorded: readonly IConstruct[] = [];

  private constructor(private readonly stack: TerraformStack) {
    // The stack's own validations run before those of its constructs, which then tell their share at their own path.
    stack.node.addValidation({
      validate: () => {
        this.run();
        return [];
      },
    });
  }

  /** Takes in a policy that has visited a forward of the stack. */
  visited(policy: Governing): void {
    this.visitors.add(policy);
  }

  /** What is to say about the forwards as they are now. */
  review(): ExposureReview {
    return reviewStack(this.stack, this.visitors);
  }

  private run(): void {
    const review = this.review();
    forgetRecords(this.recorded);
    this.recorded = recordReview(review);
    for (const problems of this.problems.values()) problems.length = 0;
    for (const { construct, rule, level, problem, fix } of review.findings) {
      if (level !== "error") continue;
      const suppression = `Where it has to be so: ExposurePolicy.suppress(construct, "${rule}", "why").`;
      this.refuse(construct, describe({ problem: `${problem} (${rule})`, fix: `${fix} ${suppression}` }));
    }
    for (const { construct, rule } of review.idle) {
      this.refuse(
        construct,
        describe({
          problem: `The suppression of ${rule} has no effect: the rule finds nothing here or below.`,
          fix: "Take it out; what it allows is no longer done.",
        }),
      );
    }
    announce(this.stack, review);
  }

  private refuse(construct: IConstruct, message: string): void {
    const known = this.problems.get(construct);
    if (known) {
      known.push(message);
      return;
    }
    const problems = [message];
    this.problems.set(construct, problems);
    construct.node.addValidation({ validate: () => problems });
  }
}
