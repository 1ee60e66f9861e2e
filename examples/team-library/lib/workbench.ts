import { Construct } from "constructs";
import { ExposurePolicy, Instance, type IProject, type Peer, Port, type PortForward } from "fairlead";
import { office, vpn } from "./networks";

/** How a workbench is made. */
export interface WorkbenchProps {
  /** Project that owns it. */
  readonly project: IProject;
  /** The last moment at which it is needed; then its forwards close. */
  readonly until: string;
  /**
   * Size of the machine.
   * @default "small"
   */
  readonly flavor?: string;
  /**
   * Networks that reach it.
   * @default the office and the VPN
   */
  readonly allowedCidrs?: readonly (string | Peer)[];
}

/** A machine to work at: a shell and notebooks, for the team's own networks and for a limited time. */
export class Workbench extends Construct {
  readonly instance: Instance;
  readonly ssh: PortForward;
  readonly notebooks: PortForward;

  constructor(scope: Construct, id: string, props: WorkbenchProps) {
    super(scope, id);
    const { project, until: expiresAt, flavor = "small", allowedCidrs = [office, vpn] } = props;
    this.instance = new Instance(this, "Machine", { project, image: "ubuntu-24.04-notebooks", flavor });
    const options = { allowedCidrs, expiresAt };
    this.ssh = this.instance.forward(Port.SSH, { ...options, description: "shell" });
    this.notebooks = this.instance.forward(Port.tcp(8080), { ...options, description: "notebooks" });
    ExposurePolicy.suppress(this.notebooks, "plain-http", "Only the team's own networks are between.");
  }
}
