import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { groupPrefix, makeGroup, ranOutOfMemory, removeGroup } from "./control-group";
import type { CommandLine } from "./environment";
import { hostLimits } from "./host-limits";
import { readIfThere } from "./kernel-files";
import type { Machine } from "./machine";
import { guardProgram } from "./program";

/** What a program says that gets no more memory; only RLIMIT_DATA leaves it the time to. */
const lastWords =
  /out ?of ?memory|cannot allocate (memory|\d+ bytes)|memory (allocation|exhausted)|buffer allocation failed|bad_alloc|MemoryError|ENOMEM/i;
/** How a program ends that gets no more memory and says nothing. */
const crashes: readonly (NodeJS.Signals | null)[] = ["SIGABRT", "SIGBUS", "SIGILL", "SIGSEGV", "SIGTRAP"];

/** Holds one run of a machine to the memory and CPUs of its flavor. */
export interface Confinement {
  /** The command line that starts the command within its limits, as the same process. */
  readonly line: CommandLine;
  /**
   * What to add to how the command has failed when it wanted more memory than it has; `output` is its last one,
   * and `signal` ended it, if any.
   */
  reason(signal: NodeJS.Signals | null, output: () => Promise<string>): Promise<string | undefined>;
  /** Ends what is left of the run and removes what held it. */
  release(): Promise<void>;
}

/**
 * Prepares the limits of a machine for a command that is about to start, as far as this host has them. Throws
 * where a shell, which sets them, would not start the command.
 */
export async function confine(line: CommandLine, machine: Machine, folder: string): Promise<Confinement> {
  const { memoryMib, cpus } = machine;
  const unconfined: Confinement = { line, reason: async () => undefined, release: async () => undefined };
  if (memoryMib === null && cpus === null) return unconfined;
  const host = await hostLimits();
  const grouped = {
    memoryMib: host.memory === "group" ? memoryMib : null,
    cpus: host.cpus === "group" ? cpus : null,
  };
  const dataMib = host.memory === "process" ? memoryMib : null;
  const inGroup = host.tree !== undefined && (grouped.memoryMib !== null || grouped.cpus !== null);
  if (!inGroup && dataMib === null) return unconfined;
  guardProgram(machine.image, line, folder);
  guardNames(line, machine.image);

  const group = inGroup ? await newGroup(host.tree.folder, machine.id, folder, grouped) : undefined;
  const steps = [
    ...(group ? ['echo 0 > "$0/cgroup.procs" || exit'] : []),
    // Where this process itself has less, the machine has less.
    ...(dataMib === null ? [] : [`ulimit -d ${dataMib * 1024} 2>/dev/null`]),
    'exec "$@"',
  ];
  return {
    line: {
      ...line,
      program: "/bin/sh",
      args: ["-c", steps.join("; "), group ?? "sh", line.program, ...line.args],
    },
    async reason(signal, output) {
      const exceeded = `out of memory: its flavor ${machine.flavor} has ${memoryMib} MiB`;
      if (group !== undefined && ranOutOfMemory(group)) return exceeded;
      if (dataMib === null) return undefined;
      if (lastWords.test(await output())) return exceeded;
      return crashes.includes(signal) ? `perhaps ${exceeded}` : undefined;
    },
    async release() {
      if (group === undefined) return;
      await removeGroup(group);
      rmSync(recordOf(folder), { force: true });
    },
  };
}

/** Removes the group that a killed platform made for the machine in a folder. Rejects when it cannot be emptied. */
export async function releaseLeftOver(folder: string): Promise<void> {
  const group = readIfThere(recordOf(folder)).trim();
  if (!group || !basename(group).startsWith(groupPrefix)) return;
  try {
    await removeGroup(group);
  } catch (error) {
    // Where this platform may not touch groups any more, an empty one is in nobody's way.
    if (!["EACCES", "EPERM", "EROFS"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  rmSync(recordOf(folder), { force: true });
}

async function newGroup(
  tree: string,
  id: string,
  folder: string,
  limits: Parameters<typeof makeGroup>[1],
): Promise<string> {
  // Copies of a data folder have machines of the same ids.
  const tag = createHash("sha256").update(folder).digest("hex").slice(0, 8);
  const group = join(tree, `${groupPrefix}${id}-${tag}`);
  // First, so that whatever happens next there is somebody who knows of it.
  writeFileSync(recordOf(folder), `${group}\n`, { mode: 0o600 });
  await removeGroup(group);
  try {
    makeGroup(group, limits);
  } catch (error) {
    await removeGroup(group);
    throw error;
  }
  return group;
}

/** The shell that sets limits passes on only what it could name itself. */
function guardNames({ env }: CommandLine, image: string): void {
  const odd = Object.keys(env).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (odd === undefined) return;
  throw new Error(
    `image "${image}" sets the variable ${JSON.stringify(odd)}; names are letters, digits and "_", or use a flavor without limits`,
  );
}

function recordOf(folder: string): string {
  return join(folder, "control-group");
}
