import type { Cloud } from "./cloud";
import { isAnswer } from "./cloud";
import type { Clouds } from "./clouds";
import { findExternalNetwork } from "./external-network";
import { type FloatingIp, floatingIpsOf, isOurAddress, makeFloatingIp } from "./floating-ip";
import { findNetwork, makeNetwork, ownParts, type ProjectNetwork, removeNetwork } from "./private-network";
import type { OpenStackSettings } from "./settings";

/** What this run knows and does of one project's network. */
interface Part {
  network: Promise<ProjectNetwork> | undefined;
  floatingIp: Promise<FloatingIp> | undefined;
  /** Creates under way that need the network or an address. */
  holders: number;
  /** Releases come one after the other; how one ends is told to who asked for it alone. */
  releasing: Promise<void>;
}

/**
 * The network, router and floating IP of each project: found or made with the first thing that needs them, marked as
 * ours, and removed with the last. What others have made is used where it fits, and never changed.
 */
export class ProjectNetworks {
  private readonly parts = new Map<string, Part>();
  private external: Promise<string> | undefined;

  constructor(
    private readonly settings: OpenStackSettings,
    private readonly clouds: Clouds,
  ) {}

  /** The id of the network that floating IPs come from. @throws PlatformError `invalid_argument` */
  externalNetwork(cloud: Cloud): Promise<string> {
    this.external ??= findExternalNetwork(cloud, this.settings.externalNetwork);
    this.external.catch(() => {
      this.external = undefined;
    });
    return this.external;
  }

  /** The project's network of ours, with a way to the outside. */
  ensure(cloud: Cloud): Promise<ProjectNetwork> {
    const part = this.part(cloud);
    part.network ??= this.make(cloud);
    part.network.catch(() => {
      part.network = undefined;
    });
    return part.network;
  }

  /** Addresses of the project that can hold forwards, the one that is taken by default first. */
  floatingIps(cloud: Cloud, signal?: AbortSignal): Promise<FloatingIp[]> {
    return floatingIpsOf(cloud, signal);
  }

  /**
   * An address that can hold forwards of a router: one that the project has, or a new one.
   * @param router undefined for the router of the project's network of ours
   * @param except addresses, by Neutron's id, that turned out to belong to another router
   */
  async ensureFloatingIp(
    cloud: Cloud,
    router?: { readonly routerId: string; readonly externalNetworkId: string },
    except: ReadonlySet<string> = new Set(),
  ): Promise<FloatingIp> {
    const externalNetworkId = router?.externalNetworkId ?? (await this.externalNetwork(cloud));
    const fitting = (await floatingIpsOf(cloud)).find(
      ({ id, router_id, floating_network_id }) =>
        !except.has(id) &&
        floating_network_id === externalNetworkId &&
        (router === undefined || router_id === null || router_id === router.routerId),
    );
    if (fitting) return fitting;
    // Forwards that are made at the same time share one new address.
    const part = this.part(cloud);
    part.floatingIp ??= makeFloatingIp(cloud, externalNetworkId);
    try {
      return await part.floatingIp;
    } finally {
      part.floatingIp = undefined;
    }
  }

  /** Does something that needs the network or an address; neither is released meanwhile. */
  async hold<T>(cloud: Cloud, work: () => Promise<T>): Promise<T> {
    const part = this.part(cloud);
    part.holders++;
    try {
      await part.releasing;
      return await work();
    } finally {
      part.holders--;
    }
  }

  /**
   * Removes what is ours and serves nothing any more. In a project that Fairlead has made it stays for as long as the
   * project, whose address is not to change with every instance that comes and goes.
   */
  release(cloud: Cloud): Promise<void> {
    const part = this.part(cloud);
    const released = part.releasing.then(() => this.removeUnused(cloud, part));
    part.releasing = released.catch(() => {});
    return released;
  }

  private async removeUnused(cloud: Cloud, part: Part): Promise<void> {
    if (part.holders > 0 || cloud.projectId !== (await this.clouds.home()).projectId) return;
    part.network = undefined;
    const unused = (await floatingIpsOf(cloud)).filter(
      (address) => isOurAddress(address) && address.port_forwardings?.length === 0,
    );
    for (const { id } of unused) {
      await cloud.request("network", "DELETE", `/floatingips/${id}`).catch((error) => {
        // A conflict: somebody has made a forward of it meanwhile.
        if (!isAnswer(error, 404, 409)) throw error;
      });
    }
    await removeNetwork(cloud, await ownParts(cloud));
  }

  private async make(cloud: Cloud): Promise<ProjectNetwork> {
    const found = await findNetwork(cloud);
    if (found) return found;
    return makeNetwork(cloud, await this.externalNetwork(cloud), this.settings.privateCidr);
  }

  private part({ projectId }: Cloud): Part {
    const known = this.parts.get(projectId);
    if (known) return known;
    const part: Part = {
      network: undefined,
      floatingIp: undefined,
      holders: 0,
      releasing: Promise.resolve(),
    };
    this.parts.set(projectId, part);
    return part;
  }
}
