import type { TerraformProvider } from "cdktf";
import type { Construct } from "constructs";
import { PortForwardDataSource } from "../bindings";
import type { PortForward } from "../contract";
import { lookUp } from "./lookup";
import type { lookupKinds } from "./lookup-kind";
import { providerOf } from "./owner-provider";
import { PortForwardBase } from "./port-forward-base";
import type { IKnownProject } from "./project-base";
import { prepareStack } from "./stack-preparation";

/** Which existing forward is looked up: the one that an external port belongs to. */
export interface PortForwardLookupOptions {
  /** Public address that clients connect to. */
  readonly externalIp: string;
  /** Port on the public address; of a range any. */
  readonly externalPort: number;
  /** Transport protocol. */
  readonly protocol: "tcp" | "udp";
  /**
   * Project that owns it, as `Project.fromLookup` gives it. Then the platform lists that project's forwards only.
   * @default any that the token may see
   */
  readonly project?: IKnownProject;
  /**
   * The provider whose platform is asked.
   * @default the own provider of `project`, or the stack's default provider
   */
  readonly provider?: TerraformProvider;
}

/** A forward that was looked up on the platform: its values are known at synthesis. */
export class LookedUpPortForward extends PortForwardBase {
  readonly portForwardId: string;
  readonly externalIp: string;
  readonly externalPort: number;
  readonly socketAddress: string;

  constructor(scope: Construct, id: string, options: PortForwardLookupOptions) {
    super(scope, id);
    const { externalIp, externalPort, protocol, project, provider } = options;
    const facts = lookUp(this, {
      kind: "port forward",
      project,
      by: { externalIp, externalPort, protocol },
      provider: provider ?? providerOf(project),
    }) as Facts;
    this.portForwardId = facts.id;
    this.externalIp = facts.externalIp;
    this.externalPort = facts.externalPort;
    this.socketAddress = facts.socketAddress;
  }
}

type Facts = Pick<PortForward, (typeof lookupKinds)["port forward"]["facts"][number]>;

/** Which existing forward is meant. */
export interface ExistingPortForwardOptions {
  /**
   * The provider whose platform Terraform asks.
   * @default the stack's default provider
   */
  readonly provider?: TerraformProvider;
}

/** A forward that something else made; Terraform reads the rest by its id. */
export class ExistingPortForward extends PortForwardBase {
  readonly externalIp: string;
  readonly externalPort: number;
  readonly socketAddress: string;

  constructor(
    scope: Construct,
    id: string,
    readonly portForwardId: string,
    { provider }: ExistingPortForwardOptions = {},
  ) {
    super(scope, id);
    const source = new PortForwardDataSource(this, "Default", { id: portForwardId, provider });
    prepareStack(source);
    this.externalIp = source.externalIp;
    this.externalPort = source.externalPort;
    this.socketAddress = source.socketAddress;
  }
}
