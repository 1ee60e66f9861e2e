import { type TerraformStack, Token } from "cdktf";
import type { IConstruct, IValidation } from "constructs";
import type { PortForwardResource } from "../bindings";
import { describe } from "./construct-error";
import { knownValue } from "./known-value";
import type { IPortForward } from "./port-forward";

/** A forward with what it is made of. The resource is read, not the props, since users may change it. */
class Claim implements IValidation {
  /** What `Collisions.find` has found at this forward. */
  problems: string[] = [];

  constructor(
    readonly forward: IPortForward & { readonly instance: IConstruct },
    readonly resource: PortForwardResource,
  ) {}

  validate(): string[] {
    return this.problems;
  }
}

/**
 * Finds forwards of one stack that want the same port: an external one, or one of an instance. All of them
 * are compared at once, in linear time; then each reports its own share at its own path.
 */
export class Collisions {
  private static readonly ofStacks = new WeakMap<TerraformStack, Collisions>();

  static of(stack: TerraformStack): Collisions {
    const known = Collisions.ofStacks.get(stack);
    if (known) return known;
    const collisions = new Collisions();
    Collisions.ofStacks.set(stack, collisions);
    return collisions;
  }

  private readonly claims: Claim[] = [];

  /** Takes a forward in; the validation reports what `find` has found at it. */
  claim(...parts: ConstructorParameters<typeof Claim>): IValidation {
    const claim = new Claim(...parts);
    this.claims.push(claim);
    return claim;
  }

  /** Compares all forwards as they are now. */
  find(): void {
    for (const claim of this.claims) claim.problems = [];
    const comparable = this.claims.filter(isComparable);
    compare(comparable, externalKey, describeExternal);
    compare(comparable, internalKey, describeInternal);
  }
}

function compare(
  claims: readonly Claim[],
  keyOf: (claim: Claim) => string | undefined,
  message: (claim: Claim, other: string) => string,
): void {
  const holders = new Map<string, Claim[]>();
  for (const claim of claims) {
    const key = keyOf(claim);
    if (key === undefined) continue;
    const same = holders.get(key);
    if (same) same.push(claim);
    else holders.set(key, [claim]);
  }
  for (const same of holders.values()) {
    if (same.length === 1) continue;
    for (const claim of same) {
      const other = same.find((candidate) => candidate !== claim)!.forward.node.path;
      const more = same.length > 2 ? `${other} and ${same.length - 2} more` : other;
      claim.problems.push(message(claim, more));
    }
  }
}

/** A resource with count or for_each is many forwards, and one that was taken out of the tree is none. */
function isComparable({ forward, resource }: Claim): boolean {
  const inTree = forward.node.scope?.node.tryFindChild(forward.node.id) === forward;
  return inTree && resource.count === undefined && resource.forEach === undefined;
}

/** Two providers may be two platforms, and each has its own ports. */
function externalKey({ resource }: Claim): string | undefined {
  const port = knownValue(resource, resource.externalPortInput);
  const protocol = knownValue(resource, resource.protocolInput);
  if (port === undefined || protocol === undefined) return undefined;
  return `${resource.provider?.node.path ?? ""} ${port}/${protocol}`;
}

function internalKey({ resource, forward }: Claim): string | undefined {
  const port = knownValue(resource, resource.internalPortInput);
  const protocol = knownValue(resource, resource.protocolInput);
  if (port === undefined || protocol === undefined) return undefined;
  // An id that only Terraform knows is that of its construct.
  const id = resource.instanceIdInput;
  return `${Token.isUnresolved(id) ? forward.instance.node.path : id} ${port}/${protocol}`;
}

function describeExternal({ resource }: Claim, other: string): string {
  const port = `${knownValue(resource, resource.externalPortInput)}/${knownValue(resource, resource.protocolInput)}`;
  return describe({
    problem: `externalPort ${port} is also that of ${other}, but an external port belongs to one forward.`,
    fix: "Choose another `externalPort`, or leave it out: then the platform assigns one.",
  });
}

function describeInternal({ resource, forward }: Claim, other: string): string {
  const port = `${knownValue(resource, resource.internalPortInput)}/${knownValue(resource, resource.protocolInput)}`;
  return describe({
    problem: `Port ${port} of ${forward.instance.node.path} is also forwarded by ${other}, but a port of an instance has one forward.`,
    fix: "Use the forward that exists, or forward another port.",
  });
}
