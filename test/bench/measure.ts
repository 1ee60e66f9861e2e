import { spawn } from "node:child_process";

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** What a command cost, with all the processes that it waited for. */
export interface Cost {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** Runs a command to its end. @throws Error with its output when it fails */
export function costOf(
  command: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Cost> {
  // The shell's `time` adds up waited-for children, which node does not.
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" 2>&1';
  const child = spawn("bash", ["-c", script, "bash", ...command], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let times = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    times += data;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const [wall, user, system] = times.trim().split("\n").at(-1)!.split(" ").map(Number);
      if (code !== 0) return reject(new Error(`${command.join(" ")} failed:\n${output}${times}`));
      resolve({ wallSeconds: wall!, cpuSeconds: user! + system! });
    });
  });
}

/** A result: what was measured, the figure, its budget where it has one. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly budget?: string;
  /** Whether the budget is met; undefined where there is none. */
  readonly met?: boolean;
}

/** A row whose budget is an upper limit. */
export function atMost(what: string, value: number, limit: number, unit = "x"): Row {
  return {
    what,
    value: `${value.toFixed(2)}${unit}`,
    budget: `at most ${limit}${unit}`,
    met: value <= limit,
  };
}

/** A row whose budget is a lower limit. */
export function atLeast(what: string, value: number, limit: number, unit = "x"): Row {
  return {
    what,
    value: `${value.toFixed(2)}${unit}`,
    budget: `at least ${limit}${unit}`,
    met: value >= limit,
  };
}
