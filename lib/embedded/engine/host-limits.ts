import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { groupPrefix, makeGroup, removeGroup } from "./control-group";
import { findGroupTree, type GroupTree } from "./group-tree";

/** By what this host holds machines to the memory and CPUs of their flavors. */
export interface HostLimits {
  /** Where the control groups of machines are made; undefined where none can be. */
  readonly tree: GroupTree | undefined;
  /**
   * How a machine's memory is limited: `group`, all its processes together, by a control group; `process`, each
   * of them for itself, by RLIMIT_DATA, which counts neither shared memory nor mere reservations (V8 makes large
   * ones); undefined, not at all.
   */
  readonly memory: "group" | "process" | undefined;
  /** How a machine's CPUs are limited. */
  readonly cpus: "group" | undefined;
  /** What is missing for control groups to limit both; undefined when they do. */
  readonly reason: string | undefined;
}

let known: Promise<HostLimits> | undefined;

/** Finds out, once, what is really enforced here: each way is tried. */
export function hostLimits(): Promise<HostLimits> {
  known ??= find();
  return known;
}

async function find(): Promise<HostLimits> {
  const found = findGroupTree();
  const problem = typeof found === "string" ? found : await groupProblem(found);
  const tree = typeof found === "string" || problem ? undefined : found;
  const memory = tree?.memory ? "group" : (await dataLimitWorks()) ? "process" : undefined;
  const cpus = tree?.cpus ? "group" : undefined;
  const lacking =
    tree && `the control group ${tree.folder} lacks the ${tree.memory ? "cpu" : "memory"} controller`;
  return { tree, memory, cpus, reason: tree?.memory && tree.cpus ? undefined : (problem ?? lacking) };
}

/** Makes a group as for a machine and starts a process in it; what has failed, in words. */
async function groupProblem(tree: GroupTree): Promise<string | undefined> {
  const folder = join(tree.folder, `${groupPrefix}probe-${process.pid}`);
  try {
    makeGroup(folder, { memoryMib: tree.memory ? 64 : null, cpus: tree.cpus ? 1 : null });
    await shell(`echo 0 > "${folder}/cgroup.procs"`);
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message.trim() : error;
    return `the control group ${tree.folder} cannot be used: ${why}`;
  } finally {
    await removeGroup(folder).catch(() => undefined);
  }
}

/** What a program like this one has to be able to start with. */
const smallestMib = 512;

/**
 * Whether RLIMIT_DATA counts anonymous memory, as Linux does from 4.7 on unless it is told not to, and lets programs
 * run that do not use more: some versions of Node (24) reserve more than they use in a way that it counts.
 */
async function dataLimitWorks(): Promise<boolean> {
  try {
    await shell('ulimit -d 2048 || exit 0; all=$(printf "%4000000s" x)');
    return false;
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== "number") return false;
  }
  return shell(`ulimit -d ${smallestMib * 1024}; exec "${process.execPath}" -e 0`).then(
    () => true,
    () => false,
  );
}

function shell(script: string): Promise<unknown> {
  return promisify(execFile)("/bin/sh", ["-c", script], { timeout: 5_000 });
}
