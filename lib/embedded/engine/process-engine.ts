import { isDeepStrictEqual } from "node:util";
import { Turns } from "../../contract";
import { type Logger, silent } from "../../log";
import { type HostLimits, hostLimits } from "./host-limits";
import { InstanceFolders } from "./instance-folders";
import { defaultLimits, type Limits } from "./limits";
import type { Engine, Machine, MachineState } from "./machine";
import { writeAuthorizedKeys, writeMachineFiles } from "./machine-files";
import { OutputLog } from "./output-log";
import type { ProcessImage } from "./process-image";
import { Supervisor } from "./supervisor";

/** What a `process` engine needs. */
export interface ProcessEngineOptions {
  /** The images by name, `builtInImages` among them when they shall be there. */
  readonly images: Readonly<Record<string, ProcessImage>>;
  /**
   * The platform's data folder; machines keep theirs in `instances/` below it. One platform at a time: a
   * second one would take the first one's machines for left-overs.
   */
  readonly dataDir: string;
  /**
   * Hears of what no caller of `start` or `stop` learns: that a machine died and when it is restarted, that
   * a restart failed, that it runs again. Not called for a machine once `stop` or `shutdown` was called.
   *
   * @default nobody is told
   */
  readonly onState?: (id: string, state: MachineState) => void;
  /**
   * Hears what the operator should.
   *
   * @default silent
   */
  readonly log?: Logger;
  /**
   * Times and sizes.
   *
   * @default ready within 10 s, 3 s to end, restarts after 0.2 s up to 30 s, 1 MiB of log
   */
  readonly limits?: Partial<Limits>;
}

/**
 * An engine whose machines are commands on private loopback addresses (127.x.y.z). For Linux; elsewhere
 * left-overs of a killed platform are not found, and addresses have to be added by hand.
 * Throws when the data folder cannot be written.
 */
export function processEngine(options: ProcessEngineOptions): Engine {
  const { images, onState = () => undefined, log = silent } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const folders = new InstanceFolders(options.dataDir);
  const supervisors = new Map<string, Supervisor>();
  const turns = new Turns();
  let leftOvers: Promise<void> | undefined;
  let closed = false;

  // Also on the first start, so that none can meet the listener of its own predecessor.
  const endLeftOvers = () => {
    leftOvers ??= folders.endLeftOvers(limits.graceMs).then((count) => {
      if (count > 0) log.warn(`ended ${count} processes that an earlier platform left behind`);
    });
    return leftOvers;
  };

  function report(machine: Machine, state: MachineState): void {
    const { id, name, projectId } = machine;
    const level = state.status === "error" ? "warn" : "info";
    log[level](`instance ${name} (${id}): ${state.cause ?? state.status}`, { id, projectId });
    try {
      onState(id, state);
    } catch (error) {
      // The machine has to be kept running whether or not its state can be noted.
      log.error(`instance ${name} (${id}): its state could not be noted: ${error}`, { id, projectId });
    }
  }

  async function start(machine: Machine): Promise<void> {
    const image = Object.hasOwn(images, machine.image) ? images[machine.image] : undefined;
    if (!image) {
      throw new Error(
        `there is no image "${machine.image}"; there are ${Object.keys(images).sort().join(", ")}`,
      );
    }
    await endLeftOvers();
    const present = supervisors.get(machine.id);
    if (present && sameButForKeys(present.machine, machine)) {
      if (!isDeepStrictEqual(present.machine.sshKeys, machine.sshKeys)) {
        await writeAuthorizedKeys(folders.of(machine.id), machine.sshKeys);
        present.machine = machine;
      }
      return present.ensure();
    }
    await present?.stop();
    supervisors.delete(machine.id);

    const folder = await folders.make(machine.id);
    if (closed) throw new Error("the platform is stopping");
    await writeMachineFiles(folder, machine);
    const plan = { machine, image, folder, log: new OutputLog(folder, limits.logBytes), limits };
    const supervisor = new Supervisor(plan, (state) => report(machine, state));
    supervisors.set(machine.id, supervisor);
    try {
      await supervisor.start();
    } catch (error) {
      supervisors.delete(machine.id);
      await supervisor.stop();
      throw error;
    }
  }

  async function stop(id: string): Promise<void> {
    await supervisors.get(id)?.stop();
    supervisors.delete(id);
  }

  return {
    async limits() {
      const { memory, cpus, reason } = await hostLimits();
      if (reason !== undefined) {
        log.warn(`limits of flavors: memory ${enforced(memory)}, CPUs ${enforced(cpus)}; ${reason}`);
      }
      return { memory: memory !== undefined, cpus: cpus !== undefined };
    },
    async recover(ids) {
      await endLeftOvers();
      await folders.removeOthers(ids);
    },
    start: (machine) => turns.take(machine.id, () => start(machine)),
    async stop(id) {
      supervisors.get(id)?.cut();
      await turns.take(id, async () => {
        await stop(id);
        await folders.remove(id);
      });
    },
    async shutdown() {
      closed = true;
      for (const supervisor of supervisors.values()) supervisor.cut();
      const ids = new Set([...supervisors.keys(), ...turns.busy]);
      const ends = await Promise.allSettled([...ids].map((id) => turns.take(id, () => stop(id))));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  };
}

function enforced(by: HostLimits["memory"]): string {
  if (by === "process") return "enforced for each process of an instance alone";
  return by === "group" ? "enforced" : "not enforced";
}

function sameButForKeys(a: Machine, b: Machine): boolean {
  return isDeepStrictEqual({ ...a, sshKeys: [] }, { ...b, sshKeys: [] });
}
