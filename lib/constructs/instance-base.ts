import type { TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ConstructError } from "./construct-error";
import type { Port } from "./port";
import { PortForward, type PortForwardOptions } from "./port-forward";
import type { IProject } from "./project-base";

/** A virtual machine with a private address. */
export interface IInstance extends IConstruct {
  /** Identifier, made by the platform. */
  readonly instanceId: string;
  /** Project that owns the instance and its forwards. */
  readonly project: IProject;
  /** Makes a port of the instance reachable from outside. */
  forward(port: Port, options?: ForwardOptions): PortForward;
}

/** An instance of which more than the id is known. */
export interface IKnownInstance extends IInstance {
  /** Name for people; not unique. */
  readonly instanceName: string;
  /** Private address. */
  readonly privateIp: string;
}

/** How a port of an instance is forwarded. */
export interface ForwardOptions extends PortForwardOptions {
  /**
   * Construct id of the forward. Terraform's address is made of it: changing it makes another forward.
   * @default protocol and port, such as "Tcp8080" or "Tcp6000To6010"; a port that is a token needs an id
   */
  readonly id?: string;
  /**
   * The provider that makes the forward.
   * @default the instance's own provider
   */
  readonly provider?: TerraformProvider;
}

/** What made and existing instances have in common. */
export abstract class InstanceBase extends Construct implements IInstance {
  abstract readonly instanceId: string;
  abstract readonly project: IProject;
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
    return new PortForward(this, id, { ...rest, instance: this, port });
  }
}
