import { PlatformError, unknownExternalIp } from "../contract";
import type { Cloud } from "./cloud";
import type { Context } from "./context";
import { type FloatingIp, holdingForwards } from "./floating-ip";
import type { ForwardBook, ForwardPages } from "./forward-book";
import { type NeutronPort, type NeutronRouter, portFields } from "./neutron";

/** A place at an instance that a forward can lead to. */
export interface Target {
  readonly port: NeutronPort;
  readonly ip: string;
  /** The router between it and the outside, as far as the project can see it. */
  readonly router: NeutronRouter | undefined;
}

const routerInterface =
  /^network:(router_interface|ha_router_replicated_interface|router_interface_distributed)/;

/** Which ports of an instance, and which addresses, forwards can join. */
export class ForwardTargets {
  /** The routers, read once for the pages of the book that they go with. */
  private readonly routers = new WeakMap<ForwardPages, Promise<NeutronRouter[]>>();
  /** Subnets of which a book that was read anew knew no router either: it is another project's, or there is none. */
  private readonly unrouted = new Set<string>();
  private renewing: Promise<ForwardPages> | undefined;

  constructor(
    private readonly context: Context,
    private readonly book: ForwardBook,
  ) {}

  /** The places of an instance, one for each IPv4 address of its ports; none where the project has no such instance. */
  async of(instanceId: string, signal?: AbortSignal): Promise<Target[]> {
    const targets = await this.look(instanceId, signal);
    const open = targets.filter((target) => !target.router).map(subnetOf);
    if (open.every((subnetId) => this.unrouted.has(subnetId))) return targets;
    // With the first instance of a project its router is made, behind the back of a book that was read before.
    await this.renew(signal);
    const again = await this.look(instanceId, signal);
    for (const target of again) if (!target.router) this.unrouted.add(subnetOf(target));
    return again;
  }

  private async look(instanceId: string, signal?: AbortSignal): Promise<Target[]> {
    const pages = await this.book.current(signal);
    let ports = portsOf(pages, instanceId);
    if (ports.length === 0) {
      ports = await this.readPorts(instanceId, signal);
      await this.book.note((now) => {
        for (const port of ports) now.ports.set(port.id, port);
      });
    }
    const routers = await this.readRouters(pages, signal);
    return ports.flatMap((port) =>
      port.fixed_ips
        .filter(({ ip_address }) => !ip_address.includes(":"))
        .map(({ ip_address: ip, subnet_id }) => ({ port, ip, router: routerOf(pages, routers, subnet_id) })),
    );
  }

  /**
   * The pairs of a place and an address that can be joined, those of the default address first. An address sticks to
   * the router of its first forward, so it is no address for what is behind another one.
   * @param elsewhere addresses, by Neutron's id, that turned out to belong to another router
   * @throws PlatformError `unknown_external_ip`
   */
  async routes(
    targets: readonly Target[],
    externalIp: string | undefined,
    signal?: AbortSignal,
    elsewhere: ReadonlySet<string> = new Set(),
  ): Promise<{ target: Target; floatingIp: FloatingIp }[]> {
    const { floatingIps } = await this.book.current(signal);
    const known = holdingForwards(floatingIps.values());
    const wanted = externalIp === undefined ? known : known.filter((one) => isAt(one, externalIp));
    const fits = (target: Target, address: FloatingIp) =>
      !elsewhere.has(address.id) && joins(target, address);
    const pairs = wanted.flatMap((floatingIp) =>
      targets.filter((target) => fits(target, floatingIp)).map((target) => ({ target, floatingIp })),
    );
    if (pairs.length > 0) return pairs;
    if (externalIp !== undefined) {
      const fitting = known.filter((one) => targets.some((target) => fits(target, one)));
      const addresses = fitting.map((one) => one.floating_ip_address);
      if (wanted.length === 0)
        throw unknownExternalIp(
          externalIp,
          known.map((one) => one.floating_ip_address),
        );
      throw new PlatformError(
        "unknown_external_ip",
        `externalIp is ${externalIp}, but that address belongs to another router than the instance, which can have ${addresses.join(", ") || "none of the project's"}.`,
        { field: "/externalIp", details: { known: addresses } },
      );
    }
    return this.newAddress(targets, elsewhere);
  }

  /** Allocates an address for the router of an instance. */
  private async newAddress(
    targets: readonly Target[],
    elsewhere: ReadonlySet<string>,
  ): Promise<{ target: Target; floatingIp: FloatingIp }[]> {
    const target = targets.find(({ router }) => router?.external_gateway_info) ?? targets[0]!;
    const { id: routerId, external_gateway_info: gateway } = target.router ?? {};
    const router =
      routerId !== undefined && gateway ? { routerId, externalNetworkId: gateway.network_id } : undefined;
    const floatingIp = await this.context.networks.ensureFloatingIp(this.book.cloud, router, elsewhere);
    await this.book.note(({ floatingIps }) => floatingIps.set(floatingIp.id, floatingIp));
    return [{ target, floatingIp }];
  }

  private readPorts(instanceId: string, signal?: AbortSignal): Promise<NeutronPort[]> {
    const query = { project_id: this.cloud.projectId, device_id: instanceId, fields: portFields };
    return this.cloud.list<NeutronPort>("network", "/ports", "ports", query, { signal });
  }

  private readRouters(pages: ForwardPages, signal?: AbortSignal): Promise<NeutronRouter[]> {
    const known = this.routers.get(pages);
    if (known) return known;
    const routers = this.cloud.list<NeutronRouter>("network", "/routers", "routers", {}, { signal });
    this.routers.set(pages, routers);
    routers.catch(() => this.routers.delete(pages));
    return routers;
  }

  /** Reads the book anew, once for all that ask for it meanwhile. */
  private async renew(signal?: AbortSignal): Promise<void> {
    this.renewing ??= this.book.reload(signal);
    try {
      await this.renewing;
    } finally {
      this.renewing = undefined;
    }
  }

  private get cloud(): Cloud {
    return this.book.cloud;
  }
}

/** The instance that a port belongs to; null for a parked port, and for those of load balancers and the like. */
export function instanceOf(port: NeutronPort | undefined): string | null {
  return port?.device_owner.startsWith("compute:") && port.device_id ? port.device_id : null;
}

const portsOf = ({ ports }: ForwardPages, instanceId: string): NeutronPort[] =>
  [...ports.values()].filter((port) => instanceOf(port) === instanceId);

/** The subnet that a target's address is of. */
const subnetOf = ({ port, ip }: Target): string =>
  port.fixed_ips.find(({ ip_address }) => ip_address === ip)!.subnet_id;

/** The router that has an interface on a subnet, and leads outside. */
function routerOf(
  { ports }: ForwardPages,
  routers: readonly NeutronRouter[],
  subnetId: string,
): NeutronRouter | undefined {
  const attached = [...ports.values()].filter(
    ({ device_owner, fixed_ips }) =>
      routerInterface.test(device_owner) && fixed_ips.some(({ subnet_id }) => subnet_id === subnetId),
  );
  const found = routers.filter(({ id }) => attached.some(({ device_id }) => device_id === id));
  return found.find(({ external_gateway_info }) => external_gateway_info) ?? found[0];
}

/** Whether an address can lead to a place; of a router that cannot be seen, Neutron has the last word. */
function joins({ router }: Target, floatingIp: FloatingIp): boolean {
  if (!router) return true;
  if (floatingIp.router_id !== null) return floatingIp.router_id === router.id;
  return router.external_gateway_info?.network_id === floatingIp.floating_network_id;
}

const isAt = (floatingIp: FloatingIp, address: string): boolean => floatingIp.floating_ip_address === address;
