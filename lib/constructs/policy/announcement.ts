import type { TerraformStack } from "cdktf";
import { describe } from "../construct-error";
import { notify } from "../notice";
import type { ExposureReview } from "./review";

/** Findings of one rule that are told each at its own construct; more of them are told at once, at the stack. */
const MOST_TOLD = 3;

/** Says what does not stop the synthesis: warnings, and what could not be checked. */
export function announce(stack: TerraformStack, { findings, unchecked }: ExposureReview): void {
  const warnings = findings.filter(({ level }) => level === "warn");
  for (const [rule, all] of groups(warnings, (finding) => finding.rule)) {
    if (all.length <= MOST_TOLD) {
      for (const { construct, problem, fix } of all) {
        notify(construct, "warning", describe({ problem: `${problem} (${rule})`, fix }));
      }
    } else {
      const problem = `${all.length} forwards: ${rule}, such as ${pathsOf(all)}. Of the first: ${all[0]!.problem}`;
      notify(stack, "warning", describe({ problem, fix: all[0]!.fix }));
    }
  }
  for (const [prop, all] of groups(unchecked, (one) => one.prop)) {
    const level = all.some((one) => one.level === "error") ? "warning" : "info";
    const rules = [...new Set(all.map(({ rule }) => rule))].join(", ");
    notify(
      stack,
      level,
      `Exposure not checked, since only Terraform knows ${prop}: ${pathsOf(all)} (${rules}).`,
    );
  }
}

function pathsOf(
  all: readonly { readonly construct: { readonly node: { readonly path: string } } }[],
): string {
  const paths = [...new Set(all.map(({ construct }) => construct.node.path))];
  const rest = paths.length - MOST_TOLD;
  return `${paths.slice(0, MOST_TOLD).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function groups<T>(all: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of all) {
    const known = found.get(keyOf(item));
    if (known) known.push(item);
    else found.set(keyOf(item), [item]);
  }
  return found;
}
