import { type ErrorCode, overlap, PlatformError, type PortForward, type PortSpan } from "../contract";
import type { Cloud } from "./cloud";
import { allFloatingIpsOf, type FloatingIp } from "./floating-ip";
import { type ForwardRecord, toRecord } from "./forward-record";
import { type NeutronForward, type NeutronGroup, type NeutronPort, portFields } from "./neutron";

/** What Neutron knew of a project when it was read, with what was changed from here since. */
export interface ForwardPages {
  /** By Neutron's id. */
  readonly floatingIps: Map<string, FloatingIp>;
  /** By Neutron's id. */
  readonly ports: Map<string, NeutronPort>;
  /** By Neutron's id. */
  readonly groups: Map<string, NeutronGroup>;
  /** By the contract's id. */
  readonly records: Map<string, ForwardRecord>;
}

/** What another forward is the reason of. */
const conflicts: ReadonlySet<ErrorCode> = new Set([
  ...(["external_port_taken", "internal_port_taken", "external_ports_exhausted"] as const),
]);

/** Ports of an address that are about to be asked for. */
interface Claim {
  readonly floatingIpId: string;
  readonly protocol: PortForward["protocol"];
  readonly span: PortSpan;
}

/**
 * The forwards of a project, read in a few requests however many there are: one list of addresses, one of ports, one
 * of security groups, and one of forwards for each address that has any.
 */
export class ForwardBook {
  private pages: Promise<ForwardPages> | undefined;
  private readonly claims = new Set<Claim>();

  constructor(readonly cloud: Cloud) {}

  /** What was read before, or is read now. Good for finding things, not for proving that they are not there. */
  current(signal?: AbortSignal): Promise<ForwardPages> {
    return this.pages ?? this.reload(signal);
  }

  /** Reads everything anew. */
  async reload(signal?: AbortSignal): Promise<ForwardPages> {
    const pages = this.read(signal);
    this.pages = pages;
    pages.catch(() => {
      if (this.pages === pages) this.pages = undefined;
    });
    return pages;
  }

  /**
   * Asks the book something; where it says that a port is held, what it says is read anew first, and asked again: the
   * holder may be gone.
   */
  async certainly<T>(ask: (pages: ForwardPages) => Promise<T>): Promise<T> {
    try {
      return await ask(await this.current());
    } catch (error) {
      if (!(error instanceof PlatformError) || !conflicts.has(error.code)) throw error;
      return ask(await this.reload());
    }
  }

  /** Notes what was changed from here, also in what is just being read. */
  async note(change: (pages: ForwardPages) => void): Promise<void> {
    if (this.pages) change(await this.pages);
  }

  /** A forward that was read before, or is read now; undefined where there is none. */
  async find(id: string, signal?: AbortSignal): Promise<ForwardRecord | undefined> {
    return (await this.current(signal)).records.get(id) ?? (await this.reload(signal)).records.get(id);
  }

  /** The highest port of a span of an address that a forward other than `except`, or a claim, has. */
  highestTaken(
    pages: ForwardPages,
    floatingIpId: string,
    protocol: PortForward["protocol"],
    except?: string,
  ): (span: PortSpan) => number | undefined {
    const taken = [
      ...[...pages.records.values()]
        .filter((record) => record.floatingIp.id === floatingIpId && record.protocol === protocol)
        .filter((record) => record.id !== except)
        .map((record) => record.external),
      ...[...this.claims]
        .filter((claim) => claim.floatingIpId === floatingIpId && claim.protocol === protocol)
        .map((claim) => claim.span),
    ];
    return (span) => {
      const ends = taken.filter((other) => overlap(other, span)).map(({ first, count }) => first + count - 1);
      return ends.length === 0 ? undefined : Math.min(Math.max(...ends), span.first + span.count - 1);
    };
  }

  /** Keeps others of this process from asking for the same ports. */
  claim(claim: Claim): () => void {
    this.claims.add(claim);
    return () => this.claims.delete(claim);
  }

  private async read(signal: AbortSignal | undefined): Promise<ForwardPages> {
    const { cloud } = this;
    const project = { project_id: cloud.projectId, limit: 1000 };
    const addresses = allFloatingIpsOf(cloud, signal);
    const [floatingIps, records, ports, groups] = await Promise.all([
      addresses,
      addresses.then((all) => forwardsOfAll(cloud, all, signal)),
      cloud.list<NeutronPort>("network", "/ports", "ports", { ...project, fields: portFields }, { signal }),
      cloud.list<NeutronGroup>("network", "/security-groups", "security_groups", project, { signal }),
    ]);
    return {
      floatingIps: byId(floatingIps),
      ports: byId(ports),
      groups: new Map(groups.map((group) => [group.id, { ...group }])),
      records: byId(records),
    };
  }
}

/** The forwards of addresses. Neutron of old does not say in the list of addresses which of them have any. */
async function forwardsOfAll(
  cloud: Cloud,
  addresses: readonly FloatingIp[],
  signal: AbortSignal | undefined,
): Promise<ForwardRecord[]> {
  const holding = addresses.filter((address) => !address.port_id && address.port_forwardings?.length !== 0);
  return (await Promise.all(holding.map((address) => forwardsOf(cloud, address, signal)))).flat();
}

/** The forwards of an address, descriptions and all; Neutron pages them only when it is asked to. */
async function forwardsOf(
  cloud: Cloud,
  address: FloatingIp,
  signal: AbortSignal | undefined,
): Promise<ForwardRecord[]> {
  const path = `/floatingips/${address.id}/port_forwardings`;
  const forwards = await cloud.list<NeutronForward>("network", path, "port_forwardings", {}, { signal });
  return forwards.flatMap((forward) => toRecord(forward, address) ?? []);
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.id, item]));
