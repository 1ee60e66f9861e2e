import { spawn } from "node:child_process";

/** The value in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
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

/** Milliseconds that a program takes, its start included. @throws Error when it fails */
export function untilExit(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const began = performance.now();
  const child = spawn(command[0]!, command.slice(1), { env, stdio: "ignore" });
  return new Promise((done, fail) =>
    child.once("exit", (code) =>
      code === 0
        ? done(performance.now() - began)
        : fail(new Error(`${command.join(" ")} ended with ${code}`)),
    ),
  );
}
