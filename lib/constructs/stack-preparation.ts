import { Aspects, type TerraformElement, type TerraformStack } from "cdktf";
import { Collisions } from "./collisions";
import { checkCopy } from "./copies";
import { provideDefault } from "./default-provider";
import { onePerStack } from "./one-per-stack";
import { ExposureCheck } from "./policy/exposure-check";
import { preflight } from "./preflight/preflight";

/** Stacks that this copy of the package has seen. */
const seen = new WeakSet<TerraformStack>();

/**
 * Does, once, what a stack needs as soon as there is a resource of ours in it. What has to happen at
 * synthesis hangs on that resource: an aspect of the whole stack would visit thousands of constructs for it.
 */
export function prepareStack(resource: TerraformElement): void {
  const stack = resource.cdktfStack;
  if (seen.has(stack)) return;
  checkCopy(resource.node.scope ?? resource);
  seen.add(stack);
  onePerStack(stack, "prepared", () => {
    Aspects.of(resource).add({ visit: () => provideDefault(stack) });
    Collisions.of(stack);
    // By default, without a line of the user's, nobody opens ssh, a remote desktop or a database to everyone.
    ExposureCheck.of(stack);
    preflight(stack);
    return true;
  });
}
