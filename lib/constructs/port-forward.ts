import type {
  IResolvable,
  ITerraformDependable,
  StringMap,
  TerraformMetaArguments,
  TerraformProvider,
  TerraformResource,
} from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { PortForwardResource } from "../bindings";
import { brand, hasBrand } from "./brand";
import { Collisions } from "./collisions";
import { ConstructError } from "./construct-error";
import {
  ExistingPortForward,
  type ExistingPortForwardOptions,
  LookedUpPortForward,
  type PortForwardLookupOptions,
} from "./existing-port-forward";
import { importFrom } from "./import-block";
import type { IInstance } from "./instance-base";
import { inheritedProvider } from "./owner-provider";
import { type Peer, sourcesOf } from "./peer";
import type { Port } from "./port";
import { PortForwardBase } from "./port-forward-base";
import { checkRange } from "./port-range";
import type { IProject } from "./project-base";
import { type Answers, checkProps, type Fixes } from "./props";
import { addReachability, type ReachabilityOptions } from "./reachability";
import { attributeOf, idIn, repetitionWith } from "./repetition";
import { resourceConfig } from "./resource-config";
import { checkSameProject } from "./same-project";
import { prepareStack } from "./stack-preparation";
import { synthesized } from "./synthesized";
import type { OperationTimeouts } from "./timeouts";

/** An external port that leads to a port of an instance. */
export interface IPortForward extends IConstruct {
  /** Identifier, made by the platform. */
  readonly portForwardId: string;
  /** Public address that clients connect to. */
  readonly externalIp: string;
  /** Port on the public address; of a range the first. */
  readonly externalPort: number;
  /** What clients connect to, as ip:port; of a range, its first port. */
  readonly socketAddress: string;
  /** Where clients find what answers there, such as "http://203.0.113.5:20170". */
  url(scheme: string, path?: string): string;
  /** What to type to get a shell, such as "ssh -p 20170 ubuntu@203.0.113.5". */
  sshCommand(user?: string): string;
}

/** How a port is forwarded, whichever instance it belongs to. */
export interface PortForwardOptions extends TerraformMetaArguments {
  /**
   * Port on the public address, in the platform's range. Of a range it is the first one: `Port.tcpRange(6000, 6010)`
   * with externalPort 31000 is reached at 31000 to 31010.
   * @default the platform assigns a free port, or as many consecutive ones, which the forward keeps for its life
   */
  readonly externalPort?: number;
  /**
   * Public address that clients connect to, one of the project's.
   * @default the platform chooses; the first of the project's addresses, where it has no reason for another
   * @example
   * const externalIp = Fn.element(project.externalIps, 1);
   */
  readonly externalIp?: string;
  /**
   * Sources that may connect, as IPv4 or IPv6 CIDRs: "198.51.100.0/24" or `Peer.ipv4("198.51.100.0/24")`. 1 to 256; that
   * everyone may connect is said by leaving it out, or by `Peer.anyIpv4()` and `Peer.anyIpv6()`.
   * @default everyone may connect
   */
  readonly allowedCidrs?: readonly (string | Peer)[];
  /**
   * Free text for people, at most 1,000 characters, such as "ssh service".
   * @default no description
   */
  readonly description?: string;
  /**
   * Labels to select by, at most 64.
   * @default no labels
   */
  readonly labels?: { [key: string]: string };
  /**
   * When the forward closes, as an absolute time: text with an offset, "2026-12-31T18:00:00+09:00", or a Date. From
   * then on new connections are refused and open ones are cut, also when nobody applies anything; the port is kept,
   * and a later time opens it again. A time that is computed from now would be another at each synthesis.
   * @default never
   */
  readonly expiresAt?: string | Date;
  /**
   * Whether each connection to the instance begins with a PROXY protocol v2 header, which tells its service the client's
   * own address, for logs and rules of its own. The service has to expect it, and takes no connection without one then:
   * `listen 80 proxy_protocol` in nginx, `accept-proxy` in HAProxy. Tcp only. A change applies to the next connections.
   * @default connections begin with what the client sends
   */
  readonly proxyProtocol?: boolean | IResolvable;
  /**
   * Whether the forward carries anything; false keeps its port and closes it.
   * @default true
   */
  readonly enabled?: boolean | IResolvable;
  /**
   * Whether the platform refuses to delete the forward, until this is false and applied. Taking the forward out of
   * the code does not take the protection away, as it would with `lifecycle.preventDestroy`; a change that replaces it
   * (another project) is refused at plan, too.
   * @default false
   */
  readonly deletionProtection?: boolean | IResolvable;
  /**
   * What exists and is to be taken over instead of made: what clients connect to, as `fairlead forward list` shows it
   * (of a range "203.0.113.5:6000-6010/udp"), or its id. Terraform passes over it once it is in the state. The plan says
   * what the code would change of it.
   * @default the forward is made
   * @example
   * const importFrom = "203.0.113.5:20170/tcp";
   */
  readonly importFrom?: string;
  /**
   * How long Terraform waits for the platform.
   * @default 10 minutes for each operation
   */
  readonly timeouts?: OperationTimeouts;
}

/** How a forward is made. */
export interface PortForwardProps extends PortForwardOptions {
  /** Instance that receives the traffic. */
  readonly instance: IInstance;
  /** Port of the instance, or several. */
  readonly port: Port;
  /**
   * Project that owns the forward; it has to own the instance, too.
   * @default the instance's project
   */
  readonly project?: IProject;
  /**
   * The provider that makes the forward.
   * @default the instance's own provider; the stack's default provider where the instance is of another stack
   */
  readonly provider?: TerraformProvider;
}

const fixes: Fixes<"portForwards"> = {
  projectId: "Pass a Project as `project`.",
  instanceId: "Pass an Instance as `instance`.",
  protocol: "Make the port with Port.tcp() or Port.udp().",
  internalPort: "Pass the number of a port to Port.tcp() or Port.udp().",
  portCount: "Make several ports with Port.tcpRange() or Port.udpRange().",
  externalPort: "Choose another `externalPort`, or leave it out: then the platform assigns one.",
  externalIp: "Choose one of the project's addresses, or leave `externalIp` out: then the platform chooses.",
  description: "Shorten `description`.",
  labels: "Correct `labels`.",
  allowedCidrs: "Correct `allowedCidrs`; without it everyone may connect.",
  expiresAt: "Correct `expiresAt`, or pass a Date; without it the forward never closes.",
  proxyProtocol: "Pass true or false.",
  enabled: "Pass true or false.",
  deletionProtection: "Pass true or false.",
};

/**
 * An external port that leads to a port of an instance. It keeps its external port for its life, also when
 * the instance is replaced.
 *
 * @example
 * new PortForward(this, "Ssh", { instance: web, port: Port.SSH, allowedCidrs: ["198.51.100.0/24"] });
 */
export class PortForward extends PortForwardBase implements IPortForward, ITerraformDependable {
  static {
    brand(PortForward, "PortForward");
  }

  /** Whether a value is a PortForward, of this or another copy of the package. */
  static isPortForward(value: unknown): value is PortForward {
    return hasBrand(value, "PortForward");
  }

  /**
   * A forward that something else made, by its id; Terraform reads the rest at plan.
   *
   * @example
   * const page = PortForward.fromPortForwardId(this, "Page", "fwd-01hxw4");
   */
  static fromPortForwardId(
    scope: Construct,
    id: string,
    portForwardId: string,
    options: ExistingPortForwardOptions = {},
  ): IPortForward {
    return new ExistingPortForward(scope, id, portForwardId, options);
  }

  /**
   * A forward that something else made, by an external port of it. The platform is asked at synthesis as in
   * `Project.fromLookup`, and the answer is kept in the same file.
   *
   * @example
   * const page = PortForward.fromLookup(this, "Page", {
   *   externalIp: "203.0.113.5",
   *   externalPort: 20170,
   *   protocol: "tcp",
   * });
   */
  static fromLookup(scope: Construct, id: string, options: PortForwardLookupOptions): IPortForward {
    return new LookedUpPortForward(scope, id, options);
  }

  /** Instance that receives the traffic. */
  readonly instance: IInstance;
  /** Port of the instance, or several. */
  readonly port: Port;
  private readonly resource: PortForwardResource;

  constructor(scope: Construct, id: string, props: PortForwardProps) {
    super(scope, id);
    checkRange(this, props.port, props.externalPort);
    checkProxyProtocol(this, props);
    const project = props.project ?? props.instance.project;
    const input = {
      projectId: idIn(this, project, ({ projectId }) => projectId),
      instanceId: idIn(this, props.instance, ({ instanceId }) => instanceId),
      protocol: props.port.protocol,
      internalPort: props.port.number,
      // One is what the platform takes where nothing is said.
      portCount: props.port.count === 1 ? undefined : props.port.count,
      externalPort: props.externalPort,
      externalIp: props.externalIp,
      description: props.description,
      labels: props.labels,
      allowedCidrs: sourcesOf(this, props.allowedCidrs),
      expiresAt: textOf(props.expiresAt),
      proxyProtocol: props.proxyProtocol,
      enabled: props.enabled,
      deletionProtection: props.deletionProtection,
    } satisfies Answers<"portForwards">;
    checkProps(this, "portForwards", input, fixes);
    checkSameProject(this, project, props.instance);
    this.instance = props.instance;
    this.port = props.port;
    const more = {
      provider: props.provider ?? inheritedProvider(this, props.instance),
      ...repetitionWith(this, props.instance, props),
    };
    this.resource = new Resource(this, "Default", resourceConfig(input, props, more));
    importFrom(this, "portForwards", this.resource, props.importFrom);
    prepareStack(this.resource);
    Collisions.of(this.resource.cdktfStack).claim({ forward: this, project, resource: this.resource });
  }

  /**
   * After each apply that makes the forward or leads it elsewhere, a real connection goes through it; where nothing
   * answers as expected, the apply fails and says which hop does: the gateway refuses, the instance refuses, the source
   * is not allowed, or nobody answers in time. The next apply checks again.
   *
   * @throws ConstructError
   * @example
   * page.verifyReachable({ expect: "http:200" });
   */
  verifyReachable(options: ReachabilityOptions = {}): TerraformResource {
    return addReachability(this, this.resource, options);
  }

  get portForwardId(): string {
    return this.known("id");
  }

  get externalIp(): string {
    return this.known("externalIp");
  }

  get externalPort(): number {
    return this.known("externalPort");
  }

  get socketAddress(): string {
    return this.known("socketAddress");
  }

  /** Private address of the instance. */
  get internalIp(): string {
    return this.known("internalIp");
  }

  /** active, detached, expired, disabled or error. */
  get status(): string {
    return this.known("status");
  }

  /** When the forward closes; null where it never does. */
  get expiresAt(): string {
    return this.known("expiresAt");
  }

  /** All labels of the forward: its own, and the provider's `defaultLabels`. */
  get effectiveLabels(): StringMap {
    return this.known("effectiveLabels");
  }

  /** Mark of the stack that made it. */
  get ownershipId(): string {
    return this.known("ownershipId");
  }

  /** When it was made, in UTC. */
  get createdAt(): string {
    return this.known("createdAt");
  }

  /** Address in Terraform's configuration, so that others can depend on the forward. */
  get fqn(): string {
    return this.resource.fqn;
  }

  private known<K extends keyof PortForwardResource & string>(name: K): PortForwardResource[K] {
    return attributeOf(this, this.resource, name, "forwards");
  }
}

/** @throws ConstructError for udp, where there is no connection that could begin with a header */
function checkProxyProtocol(forward: Construct, { port, proxyProtocol }: PortForwardProps): void {
  if (proxyProtocol !== true || port.protocol !== "udp") return;
  throw new ConstructError(forward, {
    problem: `proxyProtocol is true, but ${port} has no connections that could begin with a PROXY header.`,
    fix: "Leave `proxyProtocol` out, or forward a port of tcp.",
  });
}

/** A Date that is none has no text; the contract then says what is allowed. */
function textOf(time: string | Date | undefined): string | undefined {
  if (!(time instanceof Date)) return time;
  return Number.isNaN(time.getTime()) ? String(time) : time.toISOString();
}

const Resource = synthesized(PortForwardResource);
