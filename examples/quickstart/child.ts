import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";

/** A program in a process group of its own, so that Ctrl-C reaches it only through us. */
export interface Child {
  readonly process: ChildProcess;
  /** Resolves with the exit code; null after a signal. */
  readonly exit: Promise<number | null>;
}

const running = new Set<Child>();
let ending = false;

/** Starts a program; `output` says where its output goes. */
export function start(
  command: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; stdio: ["ignore", "pipe" | number, "pipe" | number] },
): Child {
  if (ending) throw new Error("the quickstart is ending");
  const [program, ...args] = command;
  const child = spawn(program!, args, { ...options, detached: true });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      running.delete(entry);
      resolve(code);
    });
  });
  const entry = { process: child, exit };
  running.add(entry);
  return entry;
}

/** Lets a program live on after us. */
export function release(child: Child): void {
  running.delete(child);
  child.process.unref();
}

/** Ends a program: asks first, insists after `graceMs`. */
export async function end(child: Child, signal: NodeJS.Signals = "SIGTERM", graceMs = 15_000): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  kill(child, signal);
  if ((await Promise.race([child.exit, pause(graceMs, "late", { ref: false })])) !== "late") return;
  kill(child, "SIGKILL");
  await child.exit;
}

/** Ends every program that is left, the last one started first; no more are started. */
export async function endAll(signal: NodeJS.Signals): Promise<void> {
  ending = true;
  for (const child of [...running].reverse()) await end(child, signal);
}

/** Ends every program that is left without asking. */
export function killAll(): void {
  for (const child of running) kill(child, "SIGKILL");
}

function kill({ process: { pid } }: Child, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}
