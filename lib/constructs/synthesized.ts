import type { TerraformElement } from "cdktf";

/** What a resource says about its construct in the synthesized stack. */
export interface LeanMetadata {
  readonly constructPath: string;
}

/**
 * The construct's path, for programs that read the stack. Not as `metadata.path`, where cdktf puts it:
 * `cdktf diff` compares every line of Terraform's output with every resource that has that, which takes
 * minutes with thousands of them, to add what Terraform's address says anyway.
 */
export function leanMetadata(element: TerraformElement): LeanMetadata {
  return { constructPath: element.node.scope?.node.path ?? element.node.path };
}

/** Arguments of a resource as Terraform names them. */
export interface Attributes {
  [name: string]: unknown;
}

/** Without those that are not set: cdktf passes over them, too, but several times, at the price of one that is set. */
export function leanAttributes(attributes: Attributes): Attributes {
  for (const name in attributes) if (attributes[name] === undefined) delete attributes[name];
  return attributes;
}
