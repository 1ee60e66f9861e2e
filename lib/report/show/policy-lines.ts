import { forwardsOf, managedOf, type PolicyRecord, type StackReport } from "../report";

/** One thing that the exposure policy said about a construct. */
export interface PolicyLine {
  readonly kind: "error" | "warning" | "accepted" | "not checked";
  /** Path of the construct, or Terraform's address. */
  readonly at: string;
  readonly rule: string;
  /** What was found; of what is accepted, also why. */
  readonly text: string;
}

/** What the policy said at synthesis, what is accepted with its reason first. */
export function policyLines(stack: StackReport): PolicyLine[] {
  const seen = new Set<string>();
  const all = [...managedOf(stack).map(({ it }) => it), ...forwardsOf(stack).map(({ forward }) => forward)];
  const lines = all.flatMap((it) => linesOf(it.policy ?? {}, it.constructPath ?? it.address));
  const order = ["accepted", "error", "warning", "not checked"];
  return lines
    .filter(({ kind, at, rule }) => !seen.has(`${kind} ${at} ${rule}`) && seen.add(`${kind} ${at} ${rule}`))
    .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function linesOf({ findings = [], suppressed = [], unchecked = [] }: PolicyRecord, at: string): PolicyLine[] {
  return [
    ...suppressed.map(({ rule, problem, reason }): PolicyLine => {
      return { kind: "accepted", at, rule, text: `${problem} Reason: ${reason}` };
    }),
    ...findings.map(({ rule, level, problem }): PolicyLine => {
      return { kind: level === "error" ? "error" : "warning", at, rule, text: problem };
    }),
    ...unchecked.map(({ rule, prop }): PolicyLine => {
      return { kind: "not checked", at, rule, text: `${prop} is known to Terraform only.` };
    }),
  ];
}
