import type { TerraformElement } from "cdktf";

export interface LeanMetadata {
  readonly metadata: { readonly uniqueId: string; readonly constructPath: string };
}

/**
 * What a resource says about its construct in the synthesized stack. `cdktf diff` compares every line of
 * Terraform's output with every resource that has `metadata.path`, which takes minutes with thousands of
 * them; so the path is kept under another name. Terraform's address reads like the path anyway.
 */
export function leanMetadata(element: TerraformElement): LeanMetadata {
  return { metadata: { uniqueId: element.friendlyUniqueId, constructPath: element.node.path } };
}
