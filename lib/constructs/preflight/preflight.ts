import type { TerraformStack } from "cdktf";
import { describe } from "../construct-error";
import { knownValue } from "../known-value";
import { notify } from "../notice";
import { type FairleadProvider, providersIn } from "../provider";
import { checkStack, type Refuse } from "../stack-check";
import { mustNotAsk } from "../surroundings";
import { lookAt } from "./asking";
import { capabilities } from "./capabilities";
import { catalogue } from "./catalogue";
import type { Check, Look } from "./check";
import { type DeclaredItem, declaredIn } from "./declared";
import { foreignInstances } from "./foreign-instances";
import { heldPorts } from "./held-ports";
import { quotas } from "./quotas";

const checks: readonly Check[] = [capabilities, catalogue, foreignInstances, heldPorts, quotas];

/**
 * One look at the platform when a stack is validated, that checks all that the stack declares: what an apply would
 * stumble over is told before, at the construct that it is about.
 */
export function preflight(stack: TerraformStack): void {
  checkStack(stack, (refuse) => {
    if (!mustNotAsk()) lookAround(stack, refuse);
  });
}

function lookAround(stack: TerraformStack, refuse: Refuse): void {
  let all: readonly DeclaredItem[] | undefined;
  for (const provider of providersIn(stack)) {
    if (provider.preflight === "off") continue;
    const seen = lookAt(provider);
    if ("skipped" in seen) {
      notify(provider, "info", `Preflight was skipped: ${seen.skipped}`);
      continue;
    }
    all ??= declaredIn(stack);
    const items = all.filter((item) =>
      item.provider === undefined ? provider.alias === undefined : item.provider === provider,
    );
    tell(provider, { ...seen, declared: groups(items), mark: markOf(provider) }, refuse);
  }
}

function tell(provider: FairleadProvider, look: Look, refuse: Refuse): void {
  const results = checks.map((check) => check(look));
  for (const { construct, level, ...finding } of results.flatMap(({ findings }) => findings)) {
    if (level === "error" && provider.preflight !== "warn") refuse(construct, finding);
    else notify(construct, "warning", describe(finding));
  }
  const unchecked = results.flatMap((result) => result.unchecked);
  if (unchecked.length > 0) notify(provider, "info", describeUnchecked(unchecked));
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
