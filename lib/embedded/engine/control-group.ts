import { mkdirSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { attempt, readIfThere, wordsOf } from "./kernel-files";

/** Every control group of ours is named like this, so that no other is ever removed. */
export const groupPrefix = "fairlead-";

/** What a control group holds its processes to, all of them together; null: to nothing. */
export interface GroupLimits {
  readonly memoryMib: number | null;
  readonly cpus: number | null;
}

const cpuPeriodMicros = 100_000;
/** The least that the kernel takes for a period. */
const leastCpuMicros = 1_000;

/** How long processes may stay in a group after they were killed. */
const emptyMs = 5_000;

/** Makes a control group (cgroup v2) with limits, which has to be new. */
export function makeGroup(folder: string, { memoryMib, cpus }: GroupLimits): void {
  mkdirSync(folder);
  if (memoryMib !== null) {
    writeFileSync(join(folder, "memory.max"), String(memoryMib * 1024 * 1024));
    // A flavor says nothing of swap. And half a machine is of no use to anyone: it ends as a whole.
    attempt(() => writeFileSync(join(folder, "memory.swap.max"), "0"));
    attempt(() => writeFileSync(join(folder, "memory.oom.group"), "1"));
  }
  if (cpus !== null) {
    const share = Math.max(leastCpuMicros, Math.round(cpus * cpuPeriodMicros));
    writeFileSync(join(folder, "cpu.max"), `${share} ${cpuPeriodMicros}`);
  }
}

/** Whether the kernel has ended processes of a group since they wanted more than its memory. */
export function ranOutOfMemory(folder: string): boolean {
  return /^oom_kill [1-9]/m.test(readIfThere(join(folder, "memory.events")));
}

/**
 * Ends what is left in a group and in those that were made below, and removes all of them. A group that is gone
 * is none to remove. Rejects when something survives SIGKILL.
 */
export async function removeGroup(folder: string): Promise<void> {
  if (!basename(folder).startsWith(groupPrefix))
    throw new Error(`${folder} is no control group of a machine`);
  await removeTree(folder);
}

async function removeTree(folder: string): Promise<void> {
  const deadline = Date.now() + emptyMs;
  for (let step = 1; ; step = Math.min(step * 2, 100)) {
    try {
      rmdirSync(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      if (code !== "EBUSY" || Date.now() > deadline) throw error;
    }
    // The kernel ends all at once from 5.14 on.
    if (!attempt(() => writeFileSync(join(folder, "cgroup.kill"), "1"))) {
      for (const pid of wordsOf(join(folder, "cgroup.procs"))) {
        attempt(() => process.kill(Number(pid), "SIGKILL"));
      }
    }
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of below) await removeTree(join(folder, name));
    await pause(step);
  }
}
