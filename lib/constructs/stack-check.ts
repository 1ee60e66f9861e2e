import type { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { describe } from "./construct-error";
import type { Finding } from "./finding";

/** Has the validation of a construct fail with a finding. */
export type Refuse = (construct: IConstruct, finding: Finding) => void;

/**
 * Checks a whole stack at each of its validations, as it is then. The stack's own validations run before those of its
 * constructs, so that what is refused is told at the construct that it is about.
 */
export function checkStack(stack: TerraformStack, check: (refuse: Refuse) => void): void {
  const told = new Map<IConstruct, string[]>([[stack, []]]);
  const refuse: Refuse = (construct, finding) => {
    const known = told.get(construct);
    if (known) {
      known.push(describe(finding));
      return;
    }
    const problems = [describe(finding)];
    told.set(construct, problems);
    construct.node.addValidation({ validate: () => problems });
  };
  stack.node.addValidation({
    validate: () => {
      for (const problems of told.values()) problems.length = 0;
      check(refuse);
      return told.get(stack)!;
    },
  });
}
