import { type TerraformElement, TerraformResource, type TerraformStack } from "cdktf";
import { type ExposureRecord, exposureRecord } from "./policy/record";
import { ownConstructs } from "./tree";

/** What a resource says about its construct in the synthesized stack. */
export interface ConstructMetadata {
  readonly constructPath: string;
  /** What `cdktf` looks for, to show the path beside the resource's address. */
  readonly metadata?: { readonly path: string; readonly uniqueId: string };
  /** What the exposure policy said about it. */
  readonly exposure?: ExposureRecord;
}

/**
 * Resources of a stack up to which `cdktf` shows construct paths. It compares every line of Terraform's output, some
 * 20 for each new resource, with every resource that it has a path of: a third of a second with 100, five minutes with
 * thousands.
 */
const MOST_SHOWN = 100;

/**
 * The construct's path, for programs that read the stack, and for `cdktf diff` and `deploy`, which write it behind a
 * resource's address. In large stacks these do without, or they would do little else.
 */
export function constructMetadata(element: TerraformElement): ConstructMetadata {
  const constructPath = element.node.scope?.node.path ?? element.node.path;
  const exposure = exposureRecord(element.node.scope);
  const own: ConstructMetadata = exposure ? { constructPath, exposure } : { constructPath };
  if (resourcesIn(element.cdktfStack) > MOST_SHOWN) return own;
  return { ...own, metadata: { path: constructPath, uniqueId: element.friendlyUniqueId } };
}

const counts = new WeakMap<TerraformStack, number>();

/** Counted when the stack is synthesized, which is when the first resource of it asks. */
function resourcesIn(stack: TerraformStack): number {
  let count = counts.get(stack);
  if (count === undefined) {
    count = ownConstructs(stack).filter(TerraformResource.isTerraformResource).length;
    counts.set(stack, count);
  }
  return count;
}

/** Arguments of a resource as Terraform names them. */
export interface Attributes {
  [name: string]: unknown;
}

/**
 * Without those that are not set: cdktf passes over them, too, but several times, at the price of one that is set. A new
 * object, since what something was deleted from is slow to read.
 */
export function leanAttributes(attributes: Attributes): Attributes {
  const lean: Attributes = {};
  for (const name in attributes) if (attributes[name] !== undefined) lean[name] = attributes[name];
  return lean;
}
