import { type Flavor, type Instance, PlatformError, type PortForward, type Statistics } from "../contract";
import type { Logger } from "../log";
import { Deadlines, hasPassed } from "./deadlines";
import type { Engine, Machine, MachineState } from "./engine";
import type { Refusal, Route } from "./gateway";
import type { MeteredGateway } from "./metered-gateway";
import type { InstanceRow, PortForwardRow, Store } from "./store";

/** What a machine is made of; a change of anything else of an instance restarts nothing. */
export const machineFields = ["id", "name", "projectId", "image", "flavor", "privateIp", "sshKeys"] as const;

/** What a route is made of, with its target, and whether it is open; a change of anything else opens nothing. */
export const routeFields = [
  "id",
  "instanceId",
  "protocol",
  "internalPort",
  "externalPort",
  "portCount",
  "externalIp",
  "allowedCidrs",
  "proxyProtocol",
  "expiresAt",
  "enabled",
] as const;

/** Something that did not get to the state that its row asks for. */
interface Fault {
  readonly tries: number;
  readonly cause: string;
  readonly nextTryAt: string;
  readonly timer: NodeJS.Timeout;
}

const firstRetryMs = 1_000;
const lastRetryMs = 60_000;

/**
 * Brings what runs to what the rows say: an instance's row to a machine of the engine, a forward's row to
 * a route of the gateway. Changes and start-up take the same path, so that a crash between a row and its
 * socket is mended by the next start.
 */
export class Reconciler {
  private readonly machines = new Map<string, MachineState>();
  private readonly faults = new Map<string, Fault>();
  /** A forward opens and closes when its time comes, whether or not somebody asks for it. */
  private readonly deadlines = new Deadlines((id) => void this.settlePortForward(id));
  private closed = false;

  constructor(
    private readonly store: Store,
    private readonly engine: Engine,
    private readonly gateway: MeteredGateway,
    private readonly offered: {
      readonly externalIps: readonly string[];
      readonly flavors: readonly Flavor[];
    },
    private readonly log: Logger,
  ) {}

  /** Brings everything to its row; what fails is logged, shows as `error`, and is tried again. */
  async start(): Promise<void> {
    const instances = this.store.instances.select();
    const forwards = this.store.portForwards.select();
    await this.engine.recover(instances.map((row) => row.id));
    await Promise.all([
      ...instances.map((row) => this.settleInstance(row.id)),
      ...forwards.map((row) => this.settlePortForward(row.id)),
    ]);
  }

  /** `instance`, again and again until it succeeds; until then the instance shows as `error`. */
  settleInstance(id: string): Promise<void> {
    return this.persistently(id, () => this.instance(id));
  }

  /** `portForward`, again and again until it succeeds; until then the forward shows as `error`. */
  settlePortForward(id: string): Promise<void> {
    return this.persistently(id, () => this.portForward(id));
  }

  /** Starts, restarts or ends a machine as its row says. @throws the engine's cause */
  async instance(id: string): Promise<void> {
    this.guardRunning();
    const row = this.store.instances.get(id);
    if (!row) {
      this.forget(id);
      this.machines.delete(id);
      return this.engine.stop(id);
    }
    // Until it runs again nobody knows how it is.
    this.machines.delete(id);
    await this.unlessStopping(this.engine.start(this.machineOf(row)));
    this.machines.set(id, { status: "active" });
    this.forget(id);
  }

  /** Opens, changes or closes a route as its row says. @throws the gateway's cause */
  async portForward(id: string): Promise<void> {
    this.guardRunning();
    const row = this.store.portForwards.get(id);
    this.deadlines.watch(id, row?.expiresAt ?? null);
    if (!row) {
      this.forget(id);
      await this.gateway.close(id);
      this.gateway.forget(id);
      return;
    }
    const target = row.instanceId === null ? undefined : this.store.instances.get(row.instanceId);
    const blocked = this.store.blocks.get(id) !== undefined;
    if (!target || blocked || !row.enabled || hasPassed(row.expiresAt)) {
      this.forget(id);
      await this.gateway.close(id);
      return;
    }
    const { externalIp } = row;
    // The operator decides at every start which addresses are exposed; what an earlier start allowed is over.
    if (!this.offered.externalIps.includes(externalIp)) {
      await this.gateway.close(id);
      throw new Error(`${externalIp} is not among the platform's external addresses (--external-ip)`);
    }
    await this.unlessStopping(this.gateway.open(routeOf(row, target.privateIp)));
    this.forget(id);
  }

  /** What the engine tells about a machine that runs on its own. */
  machineChanged(id: string, state: MachineState): void {
    if (!this.store.instances.get(id)) return;
    this.machines.set(id, state);
  }

  instanceStatus(id: string): Instance["status"] {
    return this.machines.get(id)?.status ?? (this.faults.has(id) ? "error" : "building");
  }

  portForwardStatus(row: PortForwardRow): Pick<PortForward, "status" | "statusReason"> {
    const { id, instanceId, expiresAt, enabled } = row;
    const blocked = this.store.blocks.reason(id);
    if (blocked !== undefined) return { status: "blocked", statusReason: blocked };
    if (instanceId === null) return { status: "detached", statusReason: null };
    if (hasPassed(expiresAt)) return { status: "expired", statusReason: null };
    if (!enabled) return { status: "disabled", statusReason: null };
    const fault = this.faults.get(id);
    return fault
      ? { status: "error", statusReason: faultText(fault) }
      : { status: "active", statusReason: null };
  }

  /** Whether the gateway listens for a forward. */
  isListening(id: string): boolean {
    return this.gateway.isOpen(id);
  }

  /** Whom a forward turned away last, since its ports were opened. */
  lastRefusal(id: string): Refusal | undefined {
    return this.gateway.lastRefusal(id);
  }

  portForwardStatistics(id: string): Statistics {
    return this.gateway.statistics(id);
  }

  /**
   * Ends every route and then every machine; the rows stay. Open TCP connections may finish until the signal aborts;
   * without one they are cut at once.
   */
  async shutdown(until?: AbortSignal): Promise<void> {
    this.closed = true;
    this.deadlines.stop();
    for (const { timer } of this.faults.values()) clearTimeout(timer);
    await this.gateway.shutdown(until);
    await this.engine.shutdown();
  }

  private async persistently(id: string, attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
    } catch (error) {
      if (this.closed) return;
      const tries = (this.faults.get(id)?.tries ?? 0) + 1;
      clearTimeout(this.faults.get(id)?.timer);
      const delay = Math.min(firstRetryMs * 2 ** (tries - 1), lastRetryMs);
      const cause = error instanceof Error ? error.message : String(error);
      this.log.warn(`${id} is in error: ${cause}; next try in ${delay / 1000} s`, { id, tries });
      const timer = setTimeout(() => void this.persistently(id, attempt), delay).unref();
      const nextTryAt = new Date(Date.now() + delay).toISOString();
      this.faults.set(id, { tries, cause, nextTryAt, timer });
    }
  }

  /** @throws Error when the configuration has lost its flavor: whoever limited it did not mean that. */
  private machineOf(row: InstanceRow): Machine {
    const { id, name, projectId, image, flavor, privateIp, userData, sshKeys } = row;
    const size = this.offered.flavors.find((known) => known.name === flavor);
    if (!size) throw new Error(`the platform's configuration has no flavor "${flavor}" any more`);
    const { memoryMib, cpus } = size;
    return { id, name, projectId, image, flavor, privateIp, memoryMib, cpus, userData, sshKeys };
  }

  /** What fails while the platform stops fails because it stops; who is told that tries again. */
  private async unlessStopping(attempt: Promise<void>): Promise<void> {
    try {
      await attempt;
    } catch (error) {
      this.guardRunning();
      throw error;
    }
  }

  private guardRunning(): void {
    if (this.closed) throw new PlatformError("unreachable", "The platform is stopping.");
  }

  private forget(id: string): void {
    clearTimeout(this.faults.get(id)?.timer);
    this.faults.delete(id);
  }
}

function faultText({ cause, tries, nextTryAt }: Fault): string {
  return `${cause}; tried ${tries === 1 ? "once" : `${tries} times`}, again at ${nextTryAt}`;
}

function routeOf(row: PortForwardRow, host: string): Route {
  const { id, protocol, externalIp, externalPort, internalPort, portCount, allowedCidrs, proxyProtocol } =
    row;
  return {
    ...{ id, protocol, externalIp, externalPort, portCount, allowedCidrs, proxyProtocol },
    target: { host, port: internalPort },
  };
}
