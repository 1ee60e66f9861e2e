import { Aspects, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { Collisions } from "./collisions";
import { DefaultProvider } from "./default-provider";

const prepared = new WeakSet<TerraformStack>();

/** Does, once, what a stack needs as soon as there is something of ours in it. */
export function prepareStack(construct: IConstruct): TerraformStack {
  const stack = TerraformStack.of(construct);
  if (prepared.has(stack)) return stack;
  prepared.add(stack);
  Aspects.of(stack).add(new DefaultProvider());
  // The stack's validations run before those of its constructs, which then only pick up their share.
  stack.node.addValidation({
    validate: () => {
      Collisions.of(stack).find();
      return [];
    },
  });
  return stack;
}
