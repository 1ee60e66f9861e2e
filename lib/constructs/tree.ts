import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** A stack's constructs from the top down, without those of stacks within it. */
export function ownConstructs(stack: TerraformStack): IConstruct[] {
  const found: IConstruct[] = [];
  const collect = (construct: IConstruct) => {
    found.push(construct);
    for (const child of construct.node.children) if (!TerraformStack.isStack(child)) collect(child);
  };
  collect(stack);
  return found;
}

/** The stacks that a construct is in or has in it. */
export function stacksOf(scope: IConstruct): TerraformStack[] {
  const around = [...scope.node.scopes].reverse().find((one) => TerraformStack.isStack(one));
  if (around && around !== scope) return [around as TerraformStack];
  return scope.node.findAll().filter((one) => TerraformStack.isStack(one));
}

/** Whether a construct was not taken out of the tree again. */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope?.node.tryFindChild(id) === construct;
}
