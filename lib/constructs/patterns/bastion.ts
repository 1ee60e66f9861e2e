import { Construct } from "constructs";
import type { IInstance } from "../instance-base";
import type { PortForward } from "../port-forward";
import type { SshConfigOptions } from "../ssh-config";
import { SshAccess, type SshAccessProps } from "./ssh-access";

/** Which instance is the way in, and for whom. */
export interface BastionProps extends Omit<SshAccessProps, "instances"> {
  /** The instance that is reached from outside; it has to allow TCP forwarding, as sshd does by default. */
  readonly instance: IInstance;
}

/**
 * One ssh forward for a whole project: the other instances are reached through it, at their private addresses.
 *
 * @example
 * const bastion = new Bastion(this, "Bastion", { instance: web, allowedCidrs: ["198.51.100.0/24"] });
 * new TerraformOutput(this, "sshConfig", { value: bastion.sshConfig({ user: "ubuntu" }) });
 * // terraform output -raw sshConfig > lab.conf && ssh -F lab.conf db
 */
export class Bastion extends Construct {
  /** The forward that leads in. */
  readonly forward: PortForward;
  private readonly instance: IInstance;

  constructor(scope: Construct, id: string, { instance, ...props }: BastionProps) {
    super(scope, id);
    const access = new SshAccess(this, "Access", { description: "bastion", ...props, instances: [instance] });
    this.forward = access.forwards[0]!;
    this.instance = instance;
  }

  /**
   * An OpenSSH client configuration of the instance's project, in which all instances without an ssh forward of their
   * own have `ProxyJump`.
   * @throws ConstructError
   */
  sshConfig(options: Omit<SshConfigOptions, "proxyJump"> = {}): string {
    return this.instance.project.sshConfig({ ...options, proxyJump: this.forward });
  }
}
