import { TerraformStack, Testing } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { DeclaredExposure } from "../constructs/policy/exposure";
import { exposuresIn } from "../constructs/policy/exposure-reader";
import { stacksOf } from "../constructs/tree";

/**
 * The forwards in a scope as they will be synthesized: aspects have had their say, as in `Testing.synth`.
 * @param received what a test expects something of
 * @throws TypeError when it is no construct
 */
export function forwardsIn(received: unknown): DeclaredExposure[] {
  const scope = scopeOf(received);
  for (const stack of stacksOf(scope)) Testing.synth(stack);
  return exposuresIn(scope);
}

/** @throws TypeError */
function scopeOf(received: unknown): IConstruct {
  if (Construct.isConstruct(received)) return received;
  const what =
    typeof received === "string"
      ? "text, perhaps of Testing.synth()"
      : received === null
        ? "null"
        : typeof received;
  throw new TypeError(
    `expect() was given ${what}, but forwards are looked for in constructs. Pass the stack, the project or any other construct itself, as in \`expect(stack)\`.`,
  );
}

/** Whether a value is a stack, of whichever copy of cdktf. */
export const isStack = (value: unknown): value is TerraformStack => TerraformStack.isStack(value);

/** A stack as `Testing.synth` gives it: sorted, and without what cdktf adds for itself. */
export const configurationOf = (stack: TerraformStack): string => Testing.synth(stack);
