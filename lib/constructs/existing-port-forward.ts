import type { TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { PortForward } from "../contract";
import { spanText } from "../contract/port-range";
import { lookUp } from "./lookup";
import type { IPortForward } from "./port-forward";
import type { IKnownProject } from "./project-base";

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
   * @default the stack's default provider
   */
  readonly provider?: TerraformProvider;
}

/** A forward that was looked up on the platform: its values are known at synthesis. */
export class LookedUpPortForward extends Construct implements IPortForward {
  readonly portForwardId: string;
  readonly externalIp: string;
  readonly externalPort: number;
  readonly socketAddress: string;

  constructor(scope: Construct, id: string, options: PortForwardLookupOptions) {
    super(scope, id);
    const { externalIp, externalPort, protocol, project, provider } = options;
    const facts = lookUp(this, {
      list: "portForwards",
      project: project && { id: project.projectId, name: project.projectName },
      name: nameOf({ externalIp, externalPort, portCount: 1, protocol }),
      isMeant: (item) => covers(item as unknown as Meant, options),
      nameOf: (item) => nameOf(item as unknown as Meant),
      provider,
      facts: kept,
    }) as Facts;
    this.portForwardId = facts.id;
    this.externalIp = facts.externalIp;
    this.externalPort = facts.externalPort;
    this.socketAddress = facts.socketAddress;
  }
}

type Meant = Pick<PortForward, "externalIp" | "externalPort" | "portCount" | "protocol">;

function covers(forward: Meant, { externalIp, externalPort, protocol }: PortForwardLookupOptions): boolean {
  const offset = externalPort - forward.externalPort;
  const sameSide = forward.externalIp === externalIp && forward.protocol === protocol;
  return sameSide && offset >= 0 && offset < forward.portCount;
}

/** "203.0.113.5:20170/tcp", as for an import. */
function nameOf({ externalIp, externalPort, portCount, protocol }: Meant): string {
  const host = externalIp.includes(":") ? `[${externalIp}]` : externalIp;
  return `${host}:${spanText({ first: externalPort, count: portCount })}/${protocol}`;
}

const kept = ["id", "externalIp", "externalPort", "socketAddress"] as const satisfies (keyof PortForward)[];

type Facts = Pick<PortForward, (typeof kept)[number]>;
