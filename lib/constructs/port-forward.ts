import type { ITerraformDependable, TerraformMetaArguments } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { PortForwardResource } from "../bindings";
import { brand, hasBrand } from "./brand";
import { Collisions } from "./collisions";
import type { IInstance } from "./instance";
import { metaArguments } from "./meta-arguments";
import { type LeanMetadata, leanMetadata } from "./metadata";
import type { Port } from "./port";
import type { IProject } from "./project-base";
import { type Answers, checkProps, type Fixes } from "./props";
import { checkSameProject } from "./same-project";
import { prepareStack } from "./stack-preparation";

/** An external port that leads to a port of an instance. */
export interface IPortForward extends IConstruct {
  /** Identifier, made by the platform. */
  readonly portForwardId: string;
  /** Public address that clients connect to. */
  readonly externalIp: string;
  /** Port on the public address. */
  readonly externalPort: number;
  /** What clients connect to, as ip:port. */
  readonly socketAddress: string;
}

/** How a port is forwarded, whichever instance it belongs to. */
export interface PortForwardOptions extends TerraformMetaArguments {
  /**
   * Port on the public address, in the platform's range.
   * @default the platform assigns a free port, which the forward keeps for its life
   */
  readonly externalPort?: number;
  /**
   * Sources that may connect, as IPv4 or IPv6 CIDRs: "198.51.100.0/24". At most 256.
   * @default everyone may connect
   */
  readonly allowedCidrs?: string[];
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
}

/** How a forward is made. */
export interface PortForwardProps extends PortForwardOptions {
  /** Instance that receives the traffic. */
  readonly instance: IInstance;
  /** Port of the instance. */
  readonly port: Port;
  /**
   * Project that owns the forward; it has to own the instance, too.
   * @default the instance's project
   */
  readonly project?: IProject;
}

const fixes: Fixes<"portForwards"> = {
  projectId: "Pass a Project as `project`.",
  instanceId: "Pass an Instance as `instance`.",
  protocol: "Make the port with Port.tcp() or Port.udp().",
  internalPort: "Pass the number of a port to Port.tcp() or Port.udp().",
  externalPort: "Choose another `externalPort`, or leave it out: then the platform assigns one.",
  description: "Shorten `description`.",
  labels: "Correct `labels`.",
  allowedCidrs: "Correct `allowedCidrs`; without it everyone may connect.",
};

/**
 * An external port that leads to a port of an instance. It keeps its external port for its life, also when
 * the instance is replaced.
 *
 * @example
 * new PortForward(this, "Ssh", { instance: web, port: Port.tcp(22), allowedCidrs: ["198.51.100.0/24"] });
 */
export class PortForward extends Construct implements IPortForward, ITerraformDependable {
  static {
    brand(PortForward, "PortForward");
  }

  /** Whether a value is a PortForward, of this or another copy of the package. */
  static isPortForward(value: unknown): value is PortForward {
    return hasBrand(value, "PortForward");
  }

  /** Instance that receives the traffic. */
  readonly instance: IInstance;
  /** Port of the instance. */
  readonly port: Port;
  private readonly resource: PortForwardResource;

  constructor(scope: Construct, id: string, props: PortForwardProps) {
    super(scope, id);
    const project = props.project ?? props.instance.project;
    const input = {
      projectId: project.projectId,
      instanceId: props.instance.instanceId,
      protocol: props.port.protocol,
      internalPort: props.port.number,
      externalPort: props.externalPort,
      description: props.description,
      labels: props.labels,
      allowedCidrs: props.allowedCidrs,
    } satisfies Answers<"portForwards">;
    checkProps(this, "portForwards", input, fixes);
    checkSameProject(this, project, props.instance);
    this.instance = props.instance;
    this.port = props.port;
    this.resource = new Resource(this, "Default", { ...input, ...metaArguments(props) });
    prepareStack(this.resource);
    this.node.addValidation(Collisions.of(this.resource.cdktfStack).claim(this, this.resource));
  }

  get portForwardId(): string {
    return this.resource.id;
  }

  get externalIp(): string {
    return this.resource.externalIp;
  }

  get externalPort(): number {
    return this.resource.externalPort;
  }

  get socketAddress(): string {
    return this.resource.socketAddress;
  }

  /** Private address of the instance. */
  get internalIp(): string {
    return this.resource.internalIp;
  }

  /** active, detached or error. */
  get status(): string {
    return this.resource.status;
  }

  /** Address in Terraform's configuration, so that others can depend on the forward. */
  get fqn(): string {
    return this.resource.fqn;
  }
}

class Resource extends PortForwardResource {
  protected override get constructNodeMetadata(): LeanMetadata {
    return leanMetadata(this);
  }
}
