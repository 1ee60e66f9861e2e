import { PlatformError } from "../contract";
import type { Cloud } from "./cloud";

interface Network {
  readonly id: string;
  readonly name: string;
}

/**
 * The network that floating IPs come from.
 * @param named its name or id; undefined: the only one
 * @throws PlatformError `invalid_argument` that lists those that there are
 */
export async function findExternalNetwork(cloud: Cloud, named: string | undefined): Promise<string> {
  const networks = await cloud.list<Network>("network", "/networks", "networks", { "router:external": true });
  const fitting = networks.filter(({ id, name }) => named === undefined || [id, name].includes(named));
  if (fitting.length === 1) return fitting[0]!.id;
  const names = networks.map(({ name, id }) => `${name} (${id})`).join(", ") || "none";
  const asked =
    named === undefined
      ? "external_network is not set"
      : `external_network is ${JSON.stringify(named)}${fitting.length > 1 ? ", which several are called" : ""}`;
  throw new PlatformError(
    "invalid_argument",
    `${asked}, but has to be the name or id of an external network; the cloud has ${names}.`,
    { field: "/openstack" },
  );
}
