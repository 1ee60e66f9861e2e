import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { type CommandLine, commandLine } from "./environment";
import { endFamily } from "./family";
import { familyOf, recordCommand } from "./instance-folders";
import type { Limits } from "./limits";
import type { Machine } from "./machine";
import type { OutputLog } from "./output-log";
import { accepting, claimable, readyPorts } from "./private-address";
import type { ProcessImage } from "./process-image";

/** Why a start fails that `stop` or `shutdown` overtook. */
export const cutShort = "stopped before it was usable";

/** What it takes to run a machine once. */
export interface RunPlan {
  readonly machine: Machine;
  readonly image: ProcessImage;
  /** The machine's private folder, which has to be there. */
  readonly folder: string;
  readonly log: OutputLog;
  readonly limits: Limits;
}

/** A machine's command while it runs. */
export interface Run {
  /** Resolves when the command has ended, with how: `exited with code 1`, `was ended by SIGKILL`. */
  readonly ended: Promise<string>;
  /** When it was spawned, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Ends the command and all that it started; resolves when nothing of it is alive. */
  end(graceMs: number): Promise<void>;
}

/**
 * Runs a machine's command; resolves when it is usable. Rejects with the cause when it cannot be spawned,
 * ends at once, never gets ready or `signal` aborts; nothing of it is alive then.
 */
export async function run(plan: RunPlan, signal: AbortSignal): Promise<Run> {
  const { machine, image, folder, log, limits } = plan;
  const line = commandLine(image, machine, folder);
  const ports = readyPorts(image);
  if (signal.aborted) throw new Error(cutShort);
  await claimable(machine.privateIp, ports);

  log.beginRun();
  const begun = await spawned(plan, line);
  const polling = new AbortController();
  const cut = AbortSignal.any([signal, polling.signal]);
  try {
    await Promise.race([
      begun.ended.then((how) => {
        throw new Error(`${how} before it was usable`);
      }),
      ports.length > 0
        ? accepting(machine.privateIp, ports, limits.readyMs, cut)
        : pause(limits.settleMs, undefined, { signal: cut }),
    ]);
    return begun;
  } catch (error) {
    await begun.end(limits.graceMs);
    if (signal.aborted) throw new Error(cutShort);
    const said = await log.tail();
    throw new Error(
      `image "${machine.image}" ${error instanceof Error ? error.message : error}` +
        (said ? `; its last output:\n${said}` : "; it wrote no output"),
    );
  } finally {
    polling.abort();
  }
}

async function spawned(plan: RunPlan, line: CommandLine): Promise<Run> {
  const child = spawn(line.program, line.args, {
    cwd: plan.folder,
    env: line.env,
    // A session and process group of its own: what the command starts can be ended with it, and Ctrl-C on
    // the platform's terminal reaches the platform only, which then stops its machines in order.
    detached: true,
    // Standard input is the life line: the kernel closes it when the platform dies, however it dies.
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(plan.log, { end: false });
  child.stderr.pipe(plan.log, { end: false });

  const pid = await pidOf(child, plan.machine.image, line);
  const startedAt = Date.now();
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, by) => resolve(by ? `was ended by ${by}` : `exited with code ${code}`));
  });
  // "close" comes after the last output; it follows "exit" unless something else holds the pipes.
  const silent = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const begun: Run = {
    ended,
    startedAt,
    async end(graceMs) {
      await endFamily(familyOf(plan.folder, pid), graceMs);
      await ended;
      await Promise.race([silent, pause(200, undefined, { ref: false })]);
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    },
  };
  try {
    recordCommand(plan.folder, pid);
  } catch (error) {
    await begun.end(0);
    throw error;
  }
  return begun;
}

function pidOf(child: ChildProcess, image: string, line: CommandLine): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid!));
    child.once("error", (error: NodeJS.ErrnoException) => {
      const command = `the command "${line.program}" of image "${image}"`;
      if (error.code === "ENOENT") {
        const where = line.program.includes("/") ? "" : ` on PATH (${line.env.PATH ?? "which is not set"})`;
        reject(new Error(`${command} was not found${where}; install it, or correct the image`));
      } else if (error.code === "EACCES") {
        reject(new Error(`${command} may not be executed; check its permissions`));
      } else {
        reject(new Error(`${command} cannot be run: ${error.message}`));
      }
    });
  });
}
