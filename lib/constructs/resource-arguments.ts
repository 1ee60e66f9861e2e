import { type TerraformResource, Token } from "cdktf";
import { resolvedValue } from "./known-value";

/** Arguments by their names in Terraform. */
export type ResourceArguments = Readonly<Record<string, unknown>>;

/**
 * What a resource says, with its overrides, tokens and all: the resource, not the props of its construct, since users
 * may change it. What it says itself is at hand; merging overrides takes ten times as long, and few resources have any.
 */
export function argumentsOf(resource: TerraformResource): ResourceArguments {
  const overrides: object = Reflect.get(resource, "rawOverrides") ?? {};
  if (Object.keys(overrides).length === 0)
    return Reflect.get(resource, "synthesizeAttributes").call(resource);
  const { terraformResourceType: type, friendlyUniqueId: id } = resource;
  return resource.toTerraform().resource?.[type]?.[id] ?? {};
}

/** A value with Terraform's expressions as they will be synthesized. */
export function evaluated(resource: TerraformResource, value: unknown): unknown {
  return holdsToken(value) ? resolvedValue(resource, value) : value;
}

function holdsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  if (Array.isArray(value)) return value.some(holdsToken);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).flat().some(holdsToken);
}
