import { Construct } from "constructs";
import { ConstructError } from "../construct-error";
import type { IInstance } from "../instance-base";
import type { Peer } from "../peer";
import { Port } from "../port";
import type { PortForward, PortForwardOptions } from "../port-forward";

/** Who gets a shell where, and for how long. */
export interface SshAccessProps extends Pick<PortForwardOptions, "description" | "expiresAt"> {
  /** The instances, one or many. */
  readonly instances: readonly IInstance[];
  /** Sources that may connect; at least one. Who means everyone says so: `Peer.anyIpv4()`. */
  readonly allowedCidrs: readonly (string | Peer)[];
}

/**
 * SSH to one or many instances, never to everyone by accident.
 *
 * The forwards are those that `instance.forward(Port.SSH)` makes, under the same addresses in the state: code that had
 * them before loses no external port by this construct.
 *
 * @example
 * new SshAccess(this, "Admins", {
 *   instances: [web],
 *   allowedCidrs: ["198.51.100.0/24"],
 *   expiresAt: "2026-12-31T18:00:00+09:00",
 * });
 */
export class SshAccess extends Construct {
  /** One for each instance, in their order. */
  readonly forwards: readonly PortForward[];

  constructor(scope: Construct, id: string, props: SshAccessProps) {
    super(scope, id);
    const { instances, allowedCidrs, description = "ssh access", expiresAt } = props;
    // To a forward, no sources are all sources.
    if (!allowedCidrs || allowedCidrs.length === 0) {
      throw new ConstructError(this, {
        problem: "There are no sources in `allowedCidrs`, so ssh would be open to everyone.",
        fix: 'Name the networks: allowedCidrs: ["198.51.100.0/24"].',
      });
    }
    this.forwards = instances.map((instance) =>
      instance.forward(Port.SSH, { allowedCidrs, description, expiresAt }),
    );
  }
}
