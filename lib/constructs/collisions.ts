import { type TerraformStack, Token } from "cdktf";
import type { IConstruct, IValidation } from "constructs";
import type { PortForwardResource } from "../bindings";
import { overlap, type PortSpan, spanText } from "../contract/port-range";
import { describe } from "./construct-error";
import { knownValue } from "./known-value";
import type { IPortForward } from "./port-forward";

/** A forward with what it is made of. The resource is read, not the props, since users may change it. */
class Claim implements IValidation {
  /** What `Collisions.find` has found at this forward. */
  problems: string[] = [];

  constructor(
    readonly forward: IPortForward & { readonly instance: IConstruct },
    readonly project: IConstruct,
    readonly resource: PortForwardResource,
  ) {}

  validate(): string[] {
    return this.problems;
  }
}

/** Held by the stack itself: forwards of several copies of the package are compared with each other. */
const symbol = Symbol.for("fairlead/collisions");

/**
 * Finds forwards of one stack that want the same port: an external one, or one of an instance. All of them
 * are compared at once, in linear time; then each reports its own share at its own path.
 */
export class Collisions {
  static of(stack: TerraformStack): Collisions {
    const known = (stack as { readonly [symbol]?: Collisions })[symbol];
    if (known) return known;
    const collisions = new Collisions();
    Object.defineProperty(stack, symbol, { value: collisions });
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
    compare(comparable.flatMap(externalPorts), describeExternal);
    compare(comparable.flatMap(internalPorts), describeInternal);
  }
}

/** What a forward wants: consecutive ports of a place, in which each port is somebody's. */
interface Want {
  readonly claim: Claim;
  readonly place: string;
  readonly span: PortSpan;
  /** "6000-6010/tcp" */
  readonly text: string;
}

function compare(wants: readonly Want[], message: (want: Want, other: Want, others: string) => string): void {
  for (const [first, ...rest] of clustersOf(wants)) {
    if (rest.length === 0) continue;
    const cluster = [first!, ...rest];
    for (const want of cluster) {
      const others = cluster.filter((other) => other !== want && overlap(other.span, want.span));
      const { path } = others[0]!.claim.forward.node;
      const text = others.length > 1 ? `${path} and ${others.length - 1} more` : path;
      want.claim.problems.push(message(want, others[0]!, text));
    }
  }
}

/** Wants of one place that hang together by common ports; only within a cluster each is compared with each. */
function clustersOf(wants: readonly Want[]): Want[][] {
  const clusters: Want[][] = [];
  const ends = new Map<string, { readonly cluster: Want[]; behind: number }>();
  for (const want of [...wants].sort((one, other) => one.span.first - other.span.first)) {
    const behind = want.span.first + want.span.count;
    const last = ends.get(want.place);
    if (last && want.span.first < last.behind) {
      last.cluster.push(want);
      last.behind = Math.max(last.behind, behind);
    } else {
      const cluster = [want];
      clusters.push(cluster);
      ends.set(want.place, { cluster, behind });
    }
  }
  return clusters;
}

/** A resource with count or for_each is many forwards, and one that was taken out of the tree is none. */
function isComparable({ forward, resource }: Claim): boolean {
  const inTree = forward.node.scope?.node.tryFindChild(forward.node.id) === forward;
  return inTree && resource.count === undefined && resource.forEach === undefined;
}

/**
 * Two providers may be two platforms, and each has its own ports; so has each address. Where none is chosen it is the
 * project's: other projects may have others.
 */
function externalPorts(claim: Claim): Want[] {
  const { resource, project } = claim;
  const chosen = resource.externalIpInput;
  const address =
    chosen === undefined ? identity(resource.projectIdInput, project) : knownValue(resource, chosen);
  if (address === undefined) return [];
  return wantsOf(claim, resource.externalPortInput, `${resource.provider?.node.path ?? ""} ${address}`);
}

function internalPorts(claim: Claim): Want[] {
  const { resource, forward } = claim;
  const instance = identity(resource.instanceIdInput, forward.instance);
  return wantsOf(claim, resource.internalPortInput, instance);
}

/** An id that only Terraform knows is that of its construct. */
function identity(id: string | undefined, construct: IConstruct): string {
  return id === undefined || Token.isUnresolved(id) ? construct.node.path : id;
}

/** Nothing where a part is known to Terraform only. */
function wantsOf(claim: Claim, port: number | undefined, place: string): Want[] {
  const { resource } = claim;
  const first = knownValue(resource, port);
  const protocol = knownValue(resource, resource.protocolInput);
  const count = knownValue(resource, resource.portCountInput ?? 1);
  if (typeof first !== "number" || typeof count !== "number" || protocol === undefined) return [];
  const span = { first, count };
  return [{ claim, place: `${place} ${protocol}`, span, text: `${spanText(span)}/${protocol}` }];
}

function describeExternal(want: Want, other: Want, others: string): string {
  const same = want.text === other.text;
  return describe({
    problem: `externalPort ${want.text} ${same ? "is also that" : `overlaps ${other.text}`} of ${others}, but an external port belongs to one forward.`,
    fix: "Choose another `externalPort`, or leave it out: then the platform assigns one.",
  });
}

function describeInternal(want: Want, other: Want, others: string): string {
  const { path } = want.claim.forward.instance.node;
  const same = want.text === other.text;
  return describe({
    problem: `Port ${want.text} of ${path} ${same ? "is also forwarded" : `overlaps ${other.text}, which is forwarded`} by ${others}, but a port of an instance has one forward.`,
    fix: "Use the forward that exists, or forward another port.",
  });
}
