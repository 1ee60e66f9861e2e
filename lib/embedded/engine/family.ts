import { setTimeout as pause } from "node:timers/promises";
import { hasProcessTable, processTable, type TableRow } from "./process-table";

/** How long processes may outlive SIGKILL, as in a system call that cannot be interrupted. */
const killMs = 10_000;

/** Which processes belong together: those of `sessions`, those marked, and all that these started. */
export interface Family {
  /** The commands that began a session (and a process group) each. */
  readonly sessions: readonly number[];
  /** How an environment entry `NAME=value` starts, or all of it when it ends in NUL. */
  readonly mark: string;
}

/**
 * Ends a family: SIGTERM to each member, SIGKILL to those that are left after `graceMs`. Resolves with the
 * number of processes when none is alive; rejects when some survive SIGKILL, naming them.
 *
 * A process group alone would not do. `sshd` puts every connection into a session of its own, and writes
 * its title over the place where the kernel shows its environment; so members are found by session, by
 * mark and by descent, and those found once are remembered when their parent is gone.
 */
export async function endFamily(family: Family, graceMs: number): Promise<number> {
  const found = new Map<string, number>();
  const deadline = Date.now() + graceMs;
  for (let step = 5; ; step = Math.min(step * 1.5, 50)) {
    const alive = hasProcessTable
      ? members(await processTable(), family, found)
      : // A negative number stands for a process group, to `kill` as here.
        family.sessions
          .filter((leader) => signal(-leader, 0))
          .map((leader): [string, number] => ["", -leader]);
    if (alive.length === 0) return found.size;

    const late = Date.now() - deadline;
    if (late > killMs) {
      throw new Error(`processes ${alive.map(([, pid]) => pid).join(", ")} cannot be ended`);
    }
    for (const [key, pid] of alive) {
      if (late >= 0) signal(pid, "SIGKILL");
      else if (!found.has(key)) signal(pid, "SIGTERM");
      found.set(key, pid);
    }
    await pause(step);
  }
}

function members(
  table: readonly TableRow[],
  family: Family,
  found: ReadonlyMap<string, number>,
): [key: string, pid: number][] {
  const chosen = new Map<number, string>();
  const children = new Map<number, TableRow[]>();
  for (const row of table) {
    const siblings = children.get(row.parent);
    if (siblings) siblings.push(row);
    else children.set(row.parent, [row]);
  }
  const choose = (row: TableRow) => {
    if (row.pid === process.pid || chosen.has(row.pid)) return;
    chosen.set(row.pid, keyOf(row));
    for (const child of children.get(row.pid) ?? []) choose(child);
  };
  for (const row of table) {
    if (
      family.sessions.includes(row.session) ||
      row.environment.includes(`\0${family.mark}`) ||
      found.has(keyOf(row))
    ) {
      choose(row);
    }
  }
  return [...chosen].map(([pid, key]) => [key, pid]);
}

function keyOf(row: TableRow): string {
  return `${row.pid}@${row.started}`;
}

/** Sends a signal; says whether there was anything to send it to. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
