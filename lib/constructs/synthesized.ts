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
function constructMetadata(element: TerraformElement): ConstructMetadata {
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

/**
 * A generated resource that is quick to synthesize by the thousand: it says where its construct is, and of arguments only
 * those that are set. cdktf passes over the others, too, but in each of its three passes, at the price of what is set.
 */
export function synthesized<C>(generated: C & (new (...args: never[]) => TerraformResource)): C {
  class Synthesized extends (generated as unknown as typeof TerraformResource) {
    protected override get constructNodeMetadata(): ConstructMetadata {
      return constructMetadata(this);
    }

    override get terraformMetaArguments(): Attributes {
      return lean(super.terraformMetaArguments);
    }

    protected override synthesizeAttributes(): Attributes {
      return lean(super.synthesizeAttributes());
    }

    override toTerraform(): Attributes {
      return lean(super.toTerraform());
    }
  }
  return Synthesized as unknown as C;
}

/** Values as Terraform names them. */
interface Attributes {
  [name: string]: unknown;
}

/** Without what is not set. A new object, since what something was deleted from is slow to read. */
function lean(attributes: Attributes): Attributes {
  const set: Attributes = {};
  for (const name in attributes) if (attributes[name] !== undefined) set[name] = attributes[name];
  return set;
}
