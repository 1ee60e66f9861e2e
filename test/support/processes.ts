import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export { eventually } from "../../lib/testing/conformance/eventually";

/** A process, and the command line that it shows. */
export interface RunningProcess {
  readonly pid: number;
  readonly commandLine: string;
  /** Its variables, each ended by a zero. */
  readonly environment: string;
}

/**
 * Processes whose command line or environment says `text`, such as a temporary folder that is theirs alone;
 * without this one. Providers are found only by their environment: Terraform starts them by a relative path.
 */
export function processesAbout(text: string): RunningProcess[] {
  const found: RunningProcess[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid || !alive(Number(name))) continue;
    const commandLine = readQuietly(join("/proc", name, "cmdline"))
      .replaceAll("\0", " ")
      .trim();
    const environment = readQuietly(join("/proc", name, "environ"));
    if (!commandLine.includes(text) && !environment.includes(text)) continue;
    found.push({ pid: Number(name), commandLine, environment });
  }
  return found;
}

/** Whether a process runs; one that has ended and waits for its parent to notice does not. */
export function alive(pid: number): boolean {
  const state = readQuietly(`/proc/${pid}/stat`);
  return state !== "" && !/\) [ZX] /.test(state);
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
