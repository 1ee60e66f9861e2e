import { readdirSync, readFileSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";

/** A living process, as the kernel shows it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** The process whose `setsid` began the session; with `detached`, the command itself. */
  readonly session: number;
  /** Clock ticks from boot to its start; together with the pid it names one process and no later one. */
  readonly started: string;
}

/** Whether this system shows its processes below /proc as Linux does. */
export const hasProcessTable = process.platform === "linux";

/** One process; undefined when it is gone or dead and only waits for its parent to notice. */
export function readProcess(pid: number): ProcessRow | undefined {
  const stat = readProc(pid, "stat");
  // The second field is the program's name, which may itself hold spaces and parentheses.
  const [state, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (!state || state === "Z" || state === "X") return undefined;
  return { pid, parent: Number(parent), session: Number(session), started: rest[15] ?? "" };
}

/** Its environment at the start, one `NAME=value` after another, NUL before and after each; else empty. */
export function readEnvironment(pid: number): string {
  return `\0${readProc(pid, "environ")}`;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // It ended, or belongs to another user.
  }
}

/** A process and what its environment says. */
export interface TableRow extends ProcessRow {
  readonly environment: string;
}

let next: Promise<TableRow[]> | undefined;

/**
 * Every living process, read after the call. Calls within 5 ms share one reading: a platform that stops a
 * thousand machines would otherwise read a thousand tables of more than a thousand processes.
 */
export function processTable(): Promise<TableRow[]> {
  next ??= setTimeout(5).then(() => {
    next = undefined;
    return readTable();
  });
  return next;
}

async function readTable(): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  let read = 0;
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const row = readProcess(pid);
    if (row) rows.push({ ...row, environment: readEnvironment(pid) });
    // The gateway shares this thread: give way every few milliseconds.
    if (++read % 50 === 0) await setImmediate();
  }
  return rows;
}
