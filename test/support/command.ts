import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { onCleanUp } from "./clean-up";

export const root = join(__dirname, "../..");

/** The built `fairlead` command. */
export const fairleadCommand = join(root, "dist/cli/fairlead.js");

/** Variables of an environment; undefined takes one away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How a program ended, and what it wrote. */
export interface Finished {
  /** Null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, as they came. */
  readonly output: string;
}

/** A program that runs, in a process group of its own. */
export interface Launched {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly exit: Promise<Finished>;
  /** What it has written so far. */
  output(): string;
  stdout(): string;
  /** Sends a signal to the whole group, as a terminal's Ctrl-C does. */
  signal(name: NodeJS.Signals): void;
}

/** Where and how a program runs. */
export interface LaunchOptions {
  readonly cwd?: string;
  readonly env: Environment;
  /** @default "ignore" */
  readonly stdin?: "ignore" | "pipe";
}

/**
 * The environment of somebody who has just opened a terminal: nothing of this shell's settings, no colours, a
 * Terraform without configuration, and a home and a temporary folder below `folder`, by which every process
 * that was started with it, and every file that one left, can be found.
 */
export function freshEnvironment(folder: string, more: Environment = {}): Environment {
  const temporary = join(folder, "tmp");
  const configuration = join(folder, "terraform.rc");
  const home = join(folder, "home");
  for (const made of [temporary, home]) mkdirSync(made, { recursive: true });
  writeFileSync(configuration, "");
  return {
    PATH: process.env.PATH,
    HOME: home,
    TMPDIR: temporary,
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: configuration,
    ...more,
  };
}

/** Starts a program; what is left of its group when the test is over is killed. */
export function launch(command: readonly string[], { cwd, env, stdin = "ignore" }: LaunchOptions): Launched {
  const [program, ...args] = command;
  const child = spawn(program!, args, {
    cwd,
    env: env as NodeJS.ProcessEnv,
    detached: true,
    stdio: [stdin, "pipe", "pipe"],
  }) as ChildProcess & { stdout: Readable; stderr: Readable };
  let stdout = "";
  let stderr = "";
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    output += text;
  });
  const exit = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    const finish = (code: number | null) => resolve({ code, stdout, stderr, output });
    child.once("close", finish);
    // Something that it started and left behind may hold its pipes for ever.
    child.once("exit", (code) => setTimeout(() => finish(code), 2000).unref());
  });
  exit.catch(() => undefined);
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(-child.pid!, name);
    } catch {
      // Gone already.
    }
  };
  onCleanUp(() => {
    if (child.pid !== undefined) signal("SIGKILL");
  });
  return { process: child, pid: child.pid!, exit, output: () => output, stdout: () => stdout, signal };
}

/** Runs a program to its end. */
export function run(command: readonly string[], options: LaunchOptions): Promise<Finished> {
  return launch(command, options).exit;
}

/** Runs the `fairlead` command to its end. */
export function fairlead(args: readonly string[], options: LaunchOptions): Promise<Finished> {
  return run([process.execPath, fairleadCommand, ...args], options);
}

/** The end of a program that has to succeed. @throws Error with what it wrote */
export async function succeeded(ended: Finished | Promise<Finished>): Promise<Finished> {
  const finished = await ended;
  if (finished.code === 0) return finished;
  throw new Error(`ended with ${finished.code}:\n${finished.output}`);
}
