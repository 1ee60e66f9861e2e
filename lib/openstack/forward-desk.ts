import {
  type ExternalAsker,
  externalPortOutOfRange,
  externalPortsExhausted,
  externalPortTaken,
  forwardHolder,
  type Holder,
  type InternalAsker,
  internalPortTaken,
  lowerBandSize,
  overlap,
  type PlatformInfo,
  type PortSpan,
  projectMismatch,
  required,
  spansNearby,
  spanToAssign,
} from "../contract";
import { type Cloud, isAnswer } from "./cloud";
import type { Context } from "./context";
import type { FloatingIp } from "./floating-ip";
import { ForwardAccess } from "./forward-access";
import { ForwardBook, type ForwardPages } from "./forward-book";
import type { ForwardRecord, ForwardRoute } from "./forward-record";
import { ForwardTargets, instanceOf, type Target } from "./forward-target";
import { Lane } from "./lane";
import { LastRemoval } from "./last-removal";
import { LeftOver } from "./left-over";

/** What is wanted of the outside: a protocol, how many ports, and perhaps which. */
interface Wish {
  readonly protocol: ForwardRoute["protocol"];
  readonly portCount: number;
  readonly externalPort?: number | undefined;
}

/** Everything about the forwards of one project: who has which port, where forwards can lead, who may use them. */
export class ForwardDesk {
  readonly book: ForwardBook;
  readonly access: ForwardAccess;
  readonly leftOver: LeftOver;
  readonly targets: ForwardTargets;
  /** Every change of a forward goes through here: as many at a time as Terraform makes. */
  readonly lane = new Lane(10);
  readonly lastRemoval = new LastRemoval();
  private readonly lastAssigned = new Map<string, number>();

  constructor(
    private readonly context: Context,
    readonly cloud: Cloud,
  ) {
    this.book = new ForwardBook(cloud);
    this.access = new ForwardAccess(this.book);
    this.leftOver = new LeftOver(this.book, this.access);
    this.targets = new ForwardTargets(context, this.book);
  }

  /** The places of an instance. @throws PlatformError `invalid_argument` or `project_mismatch` */
  async targetsOf(instanceId: string, signal?: AbortSignal): Promise<Target[]> {
    const targets = await this.targets.of(instanceId, signal);
    if (targets.length > 0) return targets;
    for (const cloud of await this.context.clouds.all(signal)) {
      const server = await serverOf(cloud, instanceId, signal);
      if (server && server.tenant_id !== this.cloud.projectId)
        throw projectMismatch(server, this.cloud.projectId);
    }
    return required<Target[]>(undefined, "instance", instanceId, "/instanceId");
  }

  /**
   * The external ports for a new forward: the first address that has room.
   * @throws PlatformError `external_port_out_of_range`, `external_port_taken` or `external_ports_exhausted`
   */
  async give(
    pages: ForwardPages,
    routes: readonly { readonly target: Target; readonly floatingIp: FloatingIp }[],
    wish: Wish,
  ): Promise<{ target: Target; floatingIp: FloatingIp; external: PortSpan }> {
    const { protocol, portCount: count, externalPort } = wish;
    const { externalPorts: range } = await this.context.info();
    if (externalPort !== undefined) {
      const external = { first: externalPort, count };
      await this.guardExternal(
        pages,
        { protocol, external, floatingIp: routes[0]!.floatingIp },
        "externalPort",
      );
      return { ...routes[0]!, external };
    }
    for (const route of routes) {
      const place = `${route.floatingIp.id} ${protocol}`;
      const taken = this.book.highestTaken(pages, route.floatingIp.id, protocol);
      const last = this.lastAssigned.get(place) ?? somewhereIn(range);
      const first = spanToAssign(range, last, count, taken);
      if (first === undefined) continue;
      this.lastAssigned.set(place, first + count - 1);
      return { ...route, external: { first, count } };
    }
    const addresses = [...new Set(routes.map(({ floatingIp }) => floatingIp.floating_ip_address))];
    throw externalPortsExhausted(protocol, count, range, addresses);
  }

  /** @throws PlatformError `external_port_out_of_range` or `external_port_taken` */
  async guardExternal(
    pages: ForwardPages,
    wanted: Pick<ForwardRoute, "protocol" | "external"> & {
      readonly floatingIp: FloatingIp;
      readonly id?: string;
    },
    asker: ExternalAsker,
  ): Promise<void> {
    const { protocol, external: span, floatingIp, id } = wanted;
    const { externalPorts: range } = await this.context.info();
    const taken = this.book.highestTaken(pages, floatingIp.id, protocol, id);
    const offer = () => spansNearby(range, span.first, span.count, taken, 3);
    if (span.first < range.from || span.first + span.count - 1 > range.to)
      throw externalPortOutOfRange(span, range, offer(), asker);
    const holder = [...pages.records.values()].find(
      (record) =>
        record.id !== id &&
        record.floatingIp.id === floatingIp.id &&
        record.protocol === protocol &&
        overlap(record.external, span),
    );
    if (!holder) return;
    const named = { ...(await this.name(pages, holder)), count: holder.external.count };
    const externalIp = floatingIp.floating_ip_address;
    throw externalPortTaken({ protocol, span, externalIp }, named, offer(), asker);
  }

  /** @throws PlatformError `internal_port_taken` */
  async guardInternal(
    pages: ForwardPages,
    wanted: Pick<ForwardRoute, "protocol" | "internal" | "portId" | "internalIp"> & { readonly id?: string },
    instanceId: string,
    asker: InternalAsker,
  ): Promise<void> {
    const { protocol, internal: span, portId, internalIp, id } = wanted;
    const holder = [...pages.records.values()].find(
      (record) =>
        record.id !== id &&
        record.portId === portId &&
        record.internalIp === internalIp &&
        record.protocol === protocol &&
        overlap(record.internal, span),
    );
    if (!holder) return;
    const named = { ...(await this.name(pages, holder)), held: holder.internal };
    throw internalPortTaken({ protocol, span, instanceId }, named, asker);
  }

  /** Who a forward is, for those whom it is in the way of. */
  private async name(pages: ForwardPages, record: ForwardRecord): Promise<Holder> {
    const { projectId } = this.cloud;
    const instanceId = instanceOf(pages.ports.get(record.portId));
    const [projects, server] = await Promise.all([
      this.context.clouds.projects(),
      instanceId === null ? undefined : serverOf(this.cloud, instanceId),
    ]);
    return forwardHolder(
      {
        id: record.id,
        projectId,
        ownershipId: record.mark?.ownershipId ?? null,
        externalIp: record.floatingIp.floating_ip_address,
        externalPort: record.external.first,
        portCount: record.external.count,
        protocol: record.protocol,
      },
      projects.find(({ id }) => id === projectId)?.name ?? projectId,
      server?.name ?? instanceId,
    );
  }
}

/** What of a server is needed to name it. */
interface NamedServer {
  readonly id: string;
  readonly name: string;
  readonly tenant_id: string;
}

async function serverOf(cloud: Cloud, id: string, signal?: AbortSignal): Promise<NamedServer | undefined> {
  try {
    const path = `/servers/${encodeURIComponent(id)}`;
    return (await cloud.request<{ server: NamedServer }>("compute", "GET", path, { signal })).server;
  } catch (error) {
    if (isAnswer(error, 404, 400)) return undefined;
    throw error;
  }
}

/**
 * Where assigning begins: nobody keeps what was assigned last, and those who begin in different places neither collide
 * nor give out a port again that was just released.
 */
function somewhereIn(range: PlatformInfo["externalPorts"]): number {
  const upperBand = range.from + lowerBandSize(range);
  return upperBand + Math.floor(Math.random() * (range.to - upperBand + 1));
}
