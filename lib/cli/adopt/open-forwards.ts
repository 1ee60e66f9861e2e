import type { Exposure } from "../../constructs/policy/exposure";
import { exposureRules } from "../../constructs/policy/rules";
import type { PortForward } from "../../contract";
import { letInEveryone } from "../../contract/open-sources";

/** Rules of the default exposure policy that would stop the synthesis at a forward as it is. */
export function stoppedBy(forward: PortForward): string[] {
  const { protocol, internalPort, portCount, allowedCidrs, description, expiresAt, enabled } = forward;
  const exposure = {
    protocol,
    ports: { first: internalPort, count: portCount },
    portCount,
    isOpenToEveryone: letInEveryone(allowedCidrs),
    description,
    expiresAt: expiresAt ?? undefined,
    isEnabled: enabled,
  } satisfies Omit<Exposure, "construct" | "instance">;
  // Rules that stop look at one forward; only those of instances need the tree.
  const atForward = exposureRules.filter(({ level, subject }) => level === "error" && subject === undefined);
  return atForward
    .filter(({ check }) => check(exposure as Exposure, { maxForwardsPerInstance: 0, maxRange: 0 }))
    .map(({ id }) => id);
}
