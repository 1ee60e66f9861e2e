import { Lazy, type TerraformMetaArguments, TerraformResource, TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error";

/** What makes several resources of one construct. */
type Repetition = Pick<TerraformMetaArguments, "count" | "forEach">;

/** Whether a construct stands for several things, each of which only Terraform knows. */
export function isRepeated(construct: IConstruct): boolean {
  return repeatedIn(construct) !== undefined;
}

/** How many things a resource is; undefined where only Terraform knows. */
export function countOf({ count, forEach }: TerraformResource): number | undefined {
  if (forEach !== undefined) return undefined;
  if (count === undefined) return 1;
  return typeof count === "number" && !Token.isUnresolved(count) ? count : undefined;
}

/** The resource of a construct, where there are several of it. */
function repeatedIn({ node }: IConstruct): TerraformResource | undefined {
  const resource = node.tryFindChild("Default");
  if (!TerraformResource.isTerraformResource(resource)) return undefined;
  return resource.count === undefined && resource.forEach === undefined ? undefined : resource;
}

/**
 * What Terraform knows of a thing. cdktf would make `resource.*.name` of it where there are several, which is no text.
 * @param several what several of it are called
 * @throws ConstructError where there are several
 */
export function attributeOf<R extends TerraformResource, K extends keyof R & string>(
  construct: IConstruct,
  resource: R,
  name: K,
  several: string,
): R[K] {
  const repeated = repeatedIn(construct);
  if (!repeated) return resource[name];
  const attribute = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const all = `TerraformIterator.fromResources(${several.slice(0, -1)}.node.defaultChild).pluckProperty("${attribute}")`;
  throw new ConstructError(construct, {
    problem: `This is several ${several} (\`count\` or \`forEach\`), so there is no one ${name}.`,
    fix:
      repeated.forEach === undefined
        ? "Write a loop in TypeScript instead."
        : `Write a loop in TypeScript instead, or take those of all, as a list: ${all}.`,
  });
}

/**
 * How a thing that belongs to others is repeated: as it says itself, or else as the one that it belongs to, so that
 * each of several instances gets its forward.
 * @throws ConstructError when the two cannot be brought together
 */
export function repetitionWith(construct: IConstruct, owner: IConstruct, own: Repetition): Repetition {
  const resource = repeatedIn(owner);
  // Not more than these two: they are spread over other arguments.
  const asked = { count: own.count, forEach: own.forEach };
  if (!resource) return asked;
  const { count, forEach } = resource;
  if (own.count === undefined && own.forEach === undefined) return { count, forEach };
  if ((own.forEach === undefined) === (forEach === undefined)) return asked;
  const [theirs, ours] = forEach === undefined ? ["count", "forEach"] : ["forEach", "count"];
  throw new ConstructError(construct, {
    problem: `This is repeated by \`${ours}\`, but ${owner.node.path}, which it belongs to, by \`${theirs}\`.`,
    fix: `Leave \`${ours}\` out: there is one for each then.`,
  });
}

/**
 * The id of the one among several that a resource with the same repetition belongs to.
 * @throws ConstructError where the several are of another stack
 */
export function idIn<O extends IConstruct>(
  construct: IConstruct,
  owner: O,
  idOf: (owner: O) => string,
): string {
  const resource = repeatedIn(owner);
  if (!resource) return idOf(owner);
  checkSameStack(construct, owner, resource);
  const key = resource.forEach === undefined ? "count.index" : "each.key";
  // As late as possible: a resource may get another logical id.
  const address = () => `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
  return Lazy.stringValue({ produce: () => `\${${address()}[${key}].id}` });
}

/** cdktf hands values from stack to stack as outputs, one for each, but "the one of the same key" is no value. */
function checkSameStack(
  construct: IConstruct,
  owner: IConstruct,
  { cdktfStack, forEach }: TerraformResource,
): void {
  const stack = TerraformStack.of(construct);
  if (stack === cdktfStack) return;
  const { path } = owner.node;
  throw new ConstructError(construct, {
    problem:
      `This is of the stack ${stack.node.path} and belongs to ${path} of the stack ${cdktfStack.node.path}, which is ` +
      `several (\`${forEach === undefined ? "count" : "forEach"}\`): Terraform refers to one of several within a stack only.`,
    fix: `Make it in the stack ${cdktfStack.node.path}, or make ${path} in a loop in TypeScript instead, and this for each.`,
  });
}
