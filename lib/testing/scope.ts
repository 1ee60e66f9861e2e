import { Aspects, type IAspect, TerraformStack, Testing } from "cdktf";
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
  for (const stack of stacksOf(scope)) invokeAspects(stack);
  return exposuresIn(scope);
}

/** As cdktf does it before it writes a stack; all of `Testing.synth` would take ten times as long. */
function invokeAspects(construct: IConstruct, inherited: readonly IAspect[] = []): void {
  const aspects = [...inherited, ...Aspects.of(construct).all];
  for (const aspect of new Set(aspects)) aspect.visit(construct);
  for (const child of construct.node.children) invokeAspects(child, aspects);
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
