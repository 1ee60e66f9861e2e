import { Aspects, type TerraformElement, type TerraformStack } from "cdktf";
import { Collisions } from "./collisions";
import { checkCopy } from "./copies";
import { provideDefault } from "./default-provider";
import { StackCheck } from "./policy/stack-check";
import { Preflight } from "./preflight/preflight";

/** Stacks that this copy of the package has seen. */
const seen = new WeakSet<TerraformStack>();

/** On the stack itself: of several copies of the package, the first one to come prepares it. */
const prepared = Symbol.for("fairlead/prepared");

/**
 * Does, once, what a stack needs as soon as there is a resource of ours in it. What has to happen at
 * synthesis hangs on that resource: an aspect of the whole stack would visit thousands of constructs for it.
 */
export function prepareStack(resource: TerraformElement): void {
  const stack = resource.cdktfStack;
  if (seen.has(stack)) return;
  checkCopy(resource.node.scope ?? resource);
  seen.add(stack);
  if (prepared in stack) return;
  Object.defineProperty(stack, prepared, { value: true });
  Aspects.of(resource).add({ visit: () => provideDefault(stack) });
  // The stack's validations run before those of its constructs, which then only pick up their share.
  stack.node.addValidation({
    validate: () => {
      Collisions.of(stack).find();
      return [];
    },
  });
  // By default, without a line of the user's, nobody opens ssh, a remote desktop or a database to everyone.
  StackCheck.of(stack);
  Preflight.of(stack);
}
