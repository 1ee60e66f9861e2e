import type { ITerraformDependable, TerraformMetaArguments, TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { InstanceResource } from "../bindings";
import { brand, hasBrand } from "./brand";
import { ConstructError } from "./construct-error";
import { metaArguments } from "./meta-arguments";
import { type LeanMetadata, leanMetadata } from "./metadata";
import { readableName } from "./name";
import type { Port } from "./port";
import { PortForward, type PortForwardOptions } from "./port-forward";
import type { IProject } from "./project-base";
import { type Answers, checkProps, type Fixes } from "./props";
import { prepareStack } from "./stack-preparation";

/** A virtual machine with a private address. */
export interface IInstance extends IConstruct {
  /** Identifier, made by the platform. */
  readonly instanceId: string;
  /** Project that owns the instance and its forwards. */
  readonly project: IProject;
  /** Private address. */
  readonly privateIp: string;
  /** Makes a port of the instance reachable from outside. */
  forward(port: Port, options?: ForwardOptions): PortForward;
}

/** How a port of an instance is forwarded. */
export interface ForwardOptions extends PortForwardOptions {
  /**
   * Construct id of the forward. Terraform's address is made of it: changing it makes another forward.
   * @default protocol and port, such as "Tcp8080"; a port that is a token needs an id
   */
  readonly id?: string;
  /**
   * The provider that makes the forward.
   * @default the instance's own provider
   */
  readonly provider?: TerraformProvider;
}

/** What an instance is, whichever project owns it. */
export interface InstanceOptions extends TerraformMetaArguments {
  /** Image that the instance runs; another image replaces the instance, and its forwards follow. */
  readonly image: string;
  /** Size of the instance. */
  readonly flavor: string;
  /**
   * Name for people; not unique. 1 to 63 letters, digits, dots, underscores, hyphens or spaces.
   * @default the construct id in lower case with hyphens: "WebServer" gives "web-server"
   */
  readonly name?: string;
  /**
   * Free text for people, at most 1,000 characters.
   * @default no description
   */
  readonly description?: string;
  /**
   * Labels to select by, at most 64.
   * @default no labels
   */
  readonly labels?: { [key: string]: string };
}

/** How an instance is made. */
export interface InstanceProps extends InstanceOptions {
  /** Project that owns the instance. */
  readonly project: IProject;
}

const fixes: Fixes<"instances"> = {
  projectId: "Pass a Project as `project`.",
  name: "Give `name` another value.",
  image: "Give `image` the name of one of the platform's images.",
  flavor: "Give `flavor` the name of one of the platform's flavors.",
  description: "Shorten `description`.",
  labels: "Correct `labels`.",
};

/** What made and existing instances have in common. */
export abstract class InstanceBase extends Construct implements IInstance {
  abstract readonly instanceId: string;
  abstract readonly project: IProject;
  abstract readonly privateIp: string;
  /** The provider that the instance's forwards get. */
  protected abstract readonly provider: TerraformProvider | undefined;

  /**
   * Makes a port of the instance reachable from outside, on the project's public address.
   *
   * @example
   * const page = web.forward(Port.tcp(8080), { description: "web service" });
   */
  forward(port: Port, options: ForwardOptions = {}): PortForward {
    const { id = port.constructId, ...rest } = options;
    if (id === undefined) {
      throw new ConstructError(this, {
        problem: `The ${port.protocol} port to forward is a token, so no construct id can be made of it.`,
        fix: 'Name the forward: forward(port, { id: "Ssh" }).',
      });
    }
    if (this.node.tryFindChild(id)) {
      throw new ConstructError(this, {
        problem: `Port ${port} is forwarded twice (${id}), but a port of an instance has one forward.`,
        fix: 'Use the forward that exists, forward another port, or name this one: forward(port, { id: "..." }).',
      });
    }
    return new PortForward(this, id, { provider: this.provider, ...rest, instance: this, port });
  }
}

/**
 * A virtual machine with a private address.
 *
 * When it has to be replaced, the new machine is made before the old one goes, so its forwards move over
 * and keep their external ports; `lifecycle: { createBeforeDestroy: false }` turns that off.
 *
 * @example
 * const web = new Instance(this, "Web", { project, image: "http-hello", flavor: "small" });
 */
export class Instance extends InstanceBase implements ITerraformDependable {
  static {
    brand(Instance, "Instance");
  }

  /** Whether a value is an Instance, of this or another copy of the package. */
  static isInstance(value: unknown): value is Instance {
    return hasBrand(value, "Instance");
  }

  readonly instanceId: string;
  readonly project: IProject;
  protected readonly provider: TerraformProvider | undefined;
  private readonly resource: InstanceResource;

  constructor(scope: Construct, id: string, props: InstanceProps) {
    super(scope, id);
    const input = {
      projectId: props.project.projectId,
      name: props.name ?? readableName(id),
      image: props.image,
      flavor: props.flavor,
      description: props.description,
      labels: props.labels,
    } satisfies Answers<"instances">;
    checkProps(this, "instances", input, fixes);
    this.project = props.project;
    this.provider = props.provider;
    this.resource = new Resource(this, "Default", {
      ...input,
      ...metaArguments(props),
      lifecycle: { createBeforeDestroy: true, ...props.lifecycle },
    });
    prepareStack(this.resource);
    // Read once, as in Project: a token takes a stack trace.
    this.instanceId = this.resource.id;
  }

  /** Name for people. */
  get instanceName(): string {
    return this.resource.name;
  }

  get privateIp(): string {
    return this.resource.privateIp;
  }

  /** How the instance is doing: building, active, stopped or error. */
  get status(): string {
    return this.resource.status;
  }

  /** Address in Terraform's configuration, so that others can depend on the instance. */
  get fqn(): string {
    return this.resource.fqn;
  }
}

class Resource extends InstanceResource {
  protected override get constructNodeMetadata(): LeanMetadata {
    return leanMetadata(this);
  }
}
