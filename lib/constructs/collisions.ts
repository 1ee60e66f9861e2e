import { type TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import type { PortForwardResource } from "../bindings";
import { overlap, type PortSpan, spanText } from "../contract/port-range";
import type { Finding } from "./finding";
import { knownValue } from "./known-value";
import { onePerStack } from "./one-per-stack";
import type { IPortForward } from "./port-forward";
import { isRepeated } from "./repetition";
import { checkStack, type Refuse } from "./stack-check";
import { isInTree } from "./tree";

/** A forward with what it is made of. The resource is read, not the props, since users may change it. */
interface Claim {
  readonly forward: IPortForward & { readonly instance: IConstruct };
  readonly project: IConstruct;
  readonly resource: PortForwardResource;
}

/**
 * Finds forwards of one stack that want the same port: an external one, or one of an instance. All of them
 * are compared at once, in linear time; then each reports its own share at its own path.
 */
export class Collisions {
  static of(stack: TerraformStack): Collisions {
    return onePerStack(stack, "collisions", () => new Collisions(stack));
  }

  private readonly claims: Claim[] = [];

  private constructor(stack: TerraformStack) {
    checkStack(stack, (refuse) => this.find(refuse));
  }

  /** Takes a forward in. */
  claim(claim: Claim): void {
    this.claims.push(claim);
  }

  /** Compares all forwards as they are now. */
  private find(refuse: Refuse): void {
    const comparable = this.claims.filter(isComparable);
    compare(comparable.flatMap(externalPorts), externalCollision, refuse);
    compare(comparable.flatMap(internalPorts), internalCollision, refuse);
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

function compare(
  wants: readonly Want[],
  collision: (want: Want, other: Want, others: string) => Finding,
  refuse: Refuse,
): void {
  for (const [first, ...rest] of clustersOf(wants)) {
    if (rest.length === 0) continue;
    const cluster = [first!, ...rest];
    for (const want of cluster) {
      const others = cluster.filter((other) => other !== want && overlap(other.span, want.span));
      const { path } = others[0]!.claim.forward.node;
      const text = others.length > 1 ? `${path} and ${others.length - 1} more` : path;
      refuse(want.claim.forward, collision(want, others[0]!, text));
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
function isComparable({ forward }: Claim): boolean {
  return isInTree(forward) && !isRepeated(forward);
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

function externalCollision(want: Want, other: Want, others: string): Finding {
  const same = want.text === other.text;
  return {
    problem: `externalPort ${want.text} ${same ? "is also that" : `overlaps ${other.text}`} of ${others}, but an external port belongs to one forward.`,
    fix: "Choose another `externalPort`, or leave it out: then the platform assigns one.",
  };
}

function internalCollision(want: Want, other: Want, others: string): Finding {
  const { path } = want.claim.forward.instance.node;
  const same = want.text === other.text;
  return {
    problem: `Port ${want.text} of ${path} ${same ? "is also forwarded" : `overlaps ${other.text}, which is forwarded`} by ${others}, but a port of an instance has one forward.`,
    fix: "Use the forward that exists, or forward another port.",
  };
}
