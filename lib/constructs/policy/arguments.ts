import { type TerraformResource, Token } from "cdktf";
import { PortForwardResource } from "../../bindings";
import { isExpression, resolvedValue } from "../known-value";
import { Unknown } from "./unknown";

/** What a forward's resource says, in what the rules ask for. */
export interface ForwardArguments {
  readonly instanceId: unknown;
  readonly protocol: unknown;
  readonly internalPort: unknown;
  readonly portCount: unknown;
  readonly description: unknown;
  readonly allowedCidrs: unknown;
  readonly expiresAt: unknown;
  readonly enabled: unknown;
}

/**
 * Reads the resource, not the props, since users may change it. What it says itself is at hand; merging overrides
 * takes ten times as long, and few resources have any.
 */
export function argumentsOf(resource: TerraformResource): ForwardArguments {
  const overrides: object = Reflect.get(resource, "rawOverrides") ?? {};
  if (!(resource instanceof PortForwardResource) || Object.keys(overrides).length > 0)
    return merged(resource);
  return {
    instanceId: resource.instanceIdInput,
    protocol: resource.protocolInput,
    internalPort: resource.internalPortInput,
    portCount: resource.portCountInput,
    description: resource.descriptionInput,
    allowedCidrs: resource.allowedCidrsInput,
    expiresAt: resource.expiresAtInput,
    enabled: resource.enabledInput,
  };
}

function merged(resource: TerraformResource): ForwardArguments {
  const ofType = resource.toTerraform().resource?.[resource.terraformResourceType] ?? {};
  const given = (Object.values(ofType)[0] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    instanceId: given.instance_id,
    protocol: given.protocol,
    internalPort: given.internal_port,
    portCount: given.port_count,
    description: given.description,
    allowedCidrs: given.allowed_cidrs,
    expiresAt: given.expires_at,
    enabled: given.enabled,
  };
}

/** A plain value; nothing where none is given, also by a Lazy. */
export function readValue<T>(
  scope: TerraformResource,
  prop: keyof ForwardArguments,
  given: unknown,
): T | Unknown | undefined {
  const value = Token.isUnresolved(given) ? resolvedValue(scope, given) : given;
  if (value === undefined || value === null) return undefined;
  return isExpression(value) ? new Unknown(prop) : (value as T);
}

/** A list of texts, and whether there is more in it that only Terraform knows. */
export function readList(
  scope: TerraformResource,
  given: unknown,
): { readonly known: readonly string[]; readonly hasMore: boolean } {
  // A token may stand for the list or be in it.
  const holdsToken = Token.isUnresolved(given) || (Array.isArray(given) && given.some(Token.isUnresolved));
  const value = holdsToken ? resolvedValue(scope, given) : given;
  if (value === undefined || value === null) return { known: [], hasMore: false };
  if (!Array.isArray(value)) return { known: [], hasMore: true };
  const known = value.filter((item): item is string => typeof item === "string" && !isExpression(item));
  return { known, hasMore: known.length < value.length };
}
