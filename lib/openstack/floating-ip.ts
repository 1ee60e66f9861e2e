import type { Cloud } from "./cloud";
import { isMadeByUs, ourDescription } from "./marks";

/** A public address of a project that can hold forwards. */
export interface FloatingIp {
  readonly id: string;
  readonly floating_ip_address: string;
  readonly floating_network_id: string;
  /** The router of its forwards; null as long as it has none. */
  readonly router_id: string | null;
  /** The port that has the address for itself; then it can hold no forwards. */
  readonly port_id: string | null;
  readonly description: string;
  readonly created_at: string;
  /** Not there in Neutron of old; and there for long without the port that each of them leads to. */
  readonly port_forwardings?: readonly { readonly internal_port_id?: string }[];
}

/** All addresses of a project. */
export function allFloatingIpsOf(cloud: Cloud, signal?: AbortSignal): Promise<FloatingIp[]> {
  const query = { project_id: cloud.projectId, limit: 1000 };
  return cloud.list<FloatingIp>("network", "/floatingips", "floatingips", query, { signal });
}

/** The addresses of a project that can hold forwards, the one that is taken by default first. */
export async function floatingIpsOf(cloud: Cloud, signal?: AbortSignal): Promise<FloatingIp[]> {
  return holdingForwards(await allFloatingIpsOf(cloud, signal));
}

/** Those of some addresses that can hold forwards: ours first, then by age, so that the first stays the first. */
export function holdingForwards(addresses: Iterable<FloatingIp>): FloatingIp[] {
  const rank = (address: FloatingIp) =>
    `${isOurAddress(address) ? 0 : 1} ${address.created_at} ${address.id}`;
  return [...addresses]
    .filter(({ port_id }) => port_id === null)
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Whether Fairlead has allocated the address; addresses have no names. */
export const isOurAddress = ({ description }: FloatingIp): boolean => isMadeByUs({ description });

/** Allocates an address. */
export async function makeFloatingIp(cloud: Cloud, externalNetworkId: string): Promise<FloatingIp> {
  const { floatingip } = await cloud.request<{ floatingip: FloatingIp }>("network", "POST", "/floatingips", {
    body: {
      floatingip: {
        floating_network_id: externalNetworkId,
        description: ourDescription("for the forwards of the project; released with the last of them"),
      },
    },
  });
  return { port_forwardings: [], ...floatingip };
}
