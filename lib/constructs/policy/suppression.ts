import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError, type Finding } from "../construct-error";
import { type ExposureRuleId, exposureRules } from "./rules";

/** Kind of a construct's metadata entry that holds a suppression: `node.metadata` of it is for programs to read. */
const suppressionEntry = "fairlead:exposure-suppression";

/** That a rule's findings are accepted at a construct, and at all below it. */
export interface Suppression {
  /** Id of the rule, such as "ssh-open-to-everyone". */
  readonly rule: ExposureRuleId;
  /** Why, for whoever reads the report. */
  readonly reason: string;
}

/**
 * Notes at a construct that the findings of a rule are accepted.
 * @throws ConstructError where nothing could ever be suppressed by it.
 */
export function suppress(construct: IConstruct, { rule, reason }: Suppression): void {
  const problem = problemOf(construct, rule, reason);
  if (problem) throw new ConstructError(construct, problem);
  construct.node.addMetadata(suppressionEntry, { rule, reason } satisfies Suppression);
}

/** Suppressions that were noted at a construct itself. */
export function suppressionsAt(construct: IConstruct): Suppression[] {
  return construct.node.metadata.flatMap(({ type, data }) =>
    type === suppressionEntry ? (data as Suppression) : [],
  );
}

function problemOf(construct: IConstruct, rule: string, reason: string): Finding | undefined {
  if (!exposureRules.some(({ id }) => id === rule)) {
    return {
      problem: `"${rule}" is no rule of the exposure policy.`,
      fix: `Suppress one of ${exposureRules.map(({ id }) => id).join(", ")}.`,
    };
  }
  if (reason.trim() === "") {
    return {
      problem: `The suppression of ${rule} has no reason.`,
      fix: "Say why this has to be so: the reason is what a reviewer reads.",
    };
  }
  if (!construct.node.scopes.some((scope) => TerraformStack.isStack(scope))) {
    return {
      problem: `A suppression of ${rule} for a whole app would hide what nobody has looked at.`,
      fix: "Suppress it at the forward, or set its level in a policy: new ExposurePolicy({ rules: { ... } }).",
    };
  }
  return undefined;
}
