import { TerraformElement, type TerraformProvider, TerraformResource, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { InstanceResource, PortForwardResource, ProjectResource } from "../../bindings";
import { isExpression, resolvedValue } from "../known-value";
import { countOf } from "../repetition";
import { argumentsOf, evaluated } from "../resource-arguments";
import { ownConstructs } from "../tree";

/** A collection that stacks declare members of. */
export type DeclaredCollection = "projects" | "instances" | "portForwards";

/** Something that the stack makes, as Terraform will read it: with what aspects, overrides and Lazy values say. */
export interface DeclaredItem {
  readonly collection: DeclaredCollection;
  /** Where the user declared it; findings are shown there. */
  readonly construct: IConstruct;
  readonly provider: TerraformProvider | undefined;
  /** "fairlead_project.Lab", as references name it. */
  readonly address: string;
  /** Arguments by their names in Terraform; what only Terraform knows is text with `${...}`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** How many it is; undefined when only Terraform knows. */
  readonly count: number | undefined;
  /** What it takes over, by its id or natural key. */
  readonly importKey: string | undefined;
}

/** All that a stack declares for one platform. */
export type Declared = { readonly [C in DeclaredCollection]: readonly DeclaredItem[] };

const collectionsByType: Readonly<Record<string, DeclaredCollection>> = {
  [ProjectResource.tfResourceType]: "projects",
  [InstanceResource.tfResourceType]: "instances",
  [PortForwardResource.tfResourceType]: "portForwards",
};

/** What a stack declares of ours, in the order of the code. */
export function declaredIn(stack: TerraformStack): DeclaredItem[] {
  const resources = ownConstructs(stack).filter(TerraformResource.isTerraformResource);
  const ours = resources.filter(({ terraformResourceType }) => terraformResourceType in collectionsByType);
  // What `moveTo` has moved is declared where it went.
  return ours.filter((resource) => !Reflect.get(resource, "_hasMoved")).map(itemOf);
}

function itemOf(resource: TerraformResource): DeclaredItem {
  const { terraformResourceType: type, friendlyUniqueId: id } = resource;
  const scope = resource.node.scope;
  return {
    collection: collectionsByType[type]!,
    construct: resource.node.id === "Default" && scope ? scope : resource,
    provider: resource.provider,
    address: `${type}.${id}`,
    values: valuesOf(resource),
    count: countOf(resource),
    importKey: importKeyOf(resource),
  };
}

function valuesOf(resource: TerraformResource): DeclaredItem["values"] {
  const given = Object.entries(argumentsOf(resource)).map(
    ([argument, value]) => [argument, evaluated(resource, value)] as const,
  );
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** The import block that `importFrom` puts below a resource. */
function importKeyOf({ node }: TerraformResource): string | undefined {
  const block = node.tryFindChild("Import");
  if (!TerraformElement.isTerraformElement(block)) return undefined;
  const { import: [first] = [] } = resolvedValue(block, block.toTerraform()) as ImportBlocks;
  return isExpression(first?.id) ? undefined : first?.id;
}

interface ImportBlocks {
  readonly import?: readonly { readonly id?: string }[];
}

/** Whether an argument says something that only Terraform knows. */
export function isUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isUnknown);
  if (typeof value === "object" && value !== null) return Object.entries(value).flat().some(isUnknown);
  return isExpression(value);
}
