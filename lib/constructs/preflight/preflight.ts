import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { describe } from "../construct-error";
import { knownValue } from "../known-value";
import { notify } from "../notice";
import { FairleadProvider } from "../provider";
import { mustNotAsk } from "../surroundings";
import { lookAt } from "./asking";
import { capabilities } from "./capabilities";
import { catalogue } from "./catalogue";
import type { Check, Look, PreflightFinding } from "./check";
import { type DeclaredItem, declaredIn } from "./declared";
import { foreignInstances } from "./foreign-instances";
import { heldPorts } from "./held-ports";
import { quotas } from "./quotas";

const checks: readonly Check[] = [capabilities, catalogue, foreignInstances, heldPorts, quotas];

/** Held by the stack itself: of several copies of the package, the first one to come looks at all of it. */
const symbol = Symbol.for("fairlead/preflight");

/**
 * One look at the platform when a stack is validated, that checks all that the stack declares: what an apply would
 * stumble over is told before, at the construct that it is about.
 */
export class Preflight {
  static of(stack: TerraformStack): Preflight {
    const known = (stack as { readonly [symbol]?: Preflight })[symbol];
    if (known) return known;
    const preflight = new Preflight(stack);
    Object.defineProperty(stack, symbol, { value: preflight });
    return preflight;
  }

  private readonly problems = new Map<IConstruct, string[]>();

  private constructor(private readonly stack: TerraformStack) {
    // The stack's own validations run before those of its constructs, which then tell their share at their own path.
    stack.node.addValidation({
      validate: () => {
        this.run();
        return [];
      },
    });
  }

  private run(): void {
    for (const problems of this.problems.values()) problems.length = 0;
    if (mustNotAsk()) return;
    let all: readonly DeclaredItem[] | undefined;
    for (const provider of this.stack.node.findAll().filter(FairleadProvider.isFairleadProvider)) {
      if (provider.preflight === "off") continue;
      const seen = lookAt(provider);
      if ("skipped" in seen) {
        notify(provider, "info", `Preflight was skipped: ${seen.skipped}`);
        continue;
      }
      all ??= declaredIn(this.stack);
      const items = all.filter((item) =>
        item.provider === undefined ? provider.alias === undefined : item.provider === provider,
      );
      this.tell(provider, { ...seen, declared: groups(items), mark: markOf(provider) });
    }
  }

  private tell(provider: FairleadProvider, look: Look): void {
    const results = checks.map((check) => check(look));
    for (const finding of results.flatMap(({ findings }) => findings)) {
      if (finding.level === "error" && provider.preflight !== "warn") this.refuse(finding);
      else notify(finding.construct, "warning", describe(finding));
    }
    const unchecked = results.flatMap((result) => result.unchecked);
    if (unchecked.length > 0) notify(provider, "info", describeUnchecked(unchecked));
  }

  private refuse({ construct, ...finding }: PreflightFinding): void {
    const known = this.problems.get(construct);
    if (known) {
      known.push(describe(finding));
      return;
    }
    const problems = [describe(finding)];
    this.problems.set(construct, problems);
    construct.node.addValidation({ validate: () => problems });
  }
}

function groups(items: readonly DeclaredItem[]): Look["declared"] {
  const of = (name: DeclaredItem["collection"]) => items.filter(({ collection }) => collection === name);
  return { projects: of("projects"), instances: of("instances"), portForwards: of("portForwards") };
}

function markOf(provider: FairleadProvider): string | undefined {
  const mark = knownValue(provider, provider.ownershipIdInput);
  return typeof mark === "string" ? mark : undefined;
}

function describeUnchecked(unchecked: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const argument of unchecked) counts.set(argument, (counts.get(argument) ?? 0) + 1);
  const parts = [...counts].map(([argument, count]) => `${argument} ${count}`);
  return `Preflight: ${unchecked.length} not checkable, since only Terraform knows the value (${parts.join(", ")}).`;
}
