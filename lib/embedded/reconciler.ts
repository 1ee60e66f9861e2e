import { type Instance, PlatformError, type PortForward } from "../contract";
import type { Engine, Machine, MachineState } from "./engine";
import type { Gateway, Route } from "./gateway";
import type { InstanceRow, PortForwardRow, Store } from "./store";

/** What a machine is made of; a change of anything else of an instance restarts nothing. */
export const machineFields = ["id", "name", "projectId", "image", "flavor", "privateIp", "sshKeys"] as const;

/** What a route is made of, with its target; a change of anything else of a forward opens nothing. */
export const routeFields = [
  "id",
  "instanceId",
  "protocol",
  "internalPort",
  "externalPort",
  "portCount",
  "externalIp",
  "allowedCidrs",
] as const;

/** Something that did not get to the state that its row asks for. */
interface Fault {
  readonly tries: number;
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
  private closed = false;

  constructor(
    private readonly store: Store,
    private readonly engine: Engine,
    private readonly gateway: Gateway,
    private readonly externalIps: readonly string[],
    private readonly log: (line: string) => void,
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
    await this.engine.start(machineOf(row));
    this.machines.set(id, { status: "active" });
    this.forget(id);
  }

  /** Opens, changes or closes a route as its row says. @throws the gateway's cause */
  async portForward(id: string): Promise<void> {
    this.guardRunning();
    const row = this.store.portForwards.get(id);
    const target = row?.instanceId ? this.store.instances.get(row.instanceId) : undefined;
    if (!row || !target) {
      this.forget(id);
      await this.gateway.close(id);
      return;
    }
    const { externalIp } = row;
    // The operator decides at every start which addresses are exposed; what an earlier start allowed is over.
    if (!this.externalIps.includes(externalIp)) {
      await this.gateway.close(id);
      throw new Error(`${externalIp} is not among the platform's external addresses (--external-ip)`);
    }
    await this.gateway.open(routeOf(row, target.privateIp));
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

  portForwardStatus({ id, instanceId }: { id: string; instanceId: string | null }): PortForward["status"] {
    if (instanceId === null) return "detached";
    return this.faults.has(id) ? "error" : "active";
  }

  /** Ends every machine and route; the rows stay. */
  async shutdown(): Promise<void> {
    this.closed = true;
    for (const { timer } of this.faults.values()) clearTimeout(timer);
    await this.gateway.shutdown();
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
      this.log(`${id} is in error: ${cause}; next try in ${delay / 1000} s`);
      const timer = setTimeout(() => void this.persistently(id, attempt), delay).unref();
      this.faults.set(id, { tries, timer });
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

function machineOf(row: Pick<InstanceRow, (typeof machineFields)[number]>): Machine {
  const { id, name, projectId, image, flavor, privateIp, sshKeys } = row;
  const unlimited = { memoryMiB: null, cpus: null };
  return { id, name, projectId, image, flavor, ...unlimited, privateIp, userData: null, sshKeys };
}

function routeOf(row: Pick<PortForwardRow, (typeof routeFields)[number]>, host: string): Route {
  const { id, protocol, externalIp, externalPort, portCount, internalPort, allowedCidrs } = row;
  const target = { host, port: internalPort };
  return { id, protocol, externalIp, externalPort, portCount, allowedCidrs, target };
}
