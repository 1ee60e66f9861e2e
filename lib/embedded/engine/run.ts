import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { type Confinement, confine } from "./confinement";
import { type CommandLine, commandLine } from "./environment";
import { endFamily } from "./family";
import { familyOf, recordCommand } from "./instance-folders";
import type { Limits } from "./limits";
import type { Machine } from "./machine";
import type { OutputLog } from "./output-log";
import { accepting, claimable, readyPorts } from "./private-address";
import type { ProcessImage } from "./process-image";
import { programError } from "./program";

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
    throw new Error(
      `image "${machine.image}" ${error instanceof Error ? error.message : error}; ${await lastWords(machine, log)}`,
    );
  } finally {
    polling.abort();
  }
}

/** What an image has printed says why it failed; but it may repeat the secrets that it was told. */
async function lastWords(machine: Machine, log: OutputLog): Promise<string> {
  if (machine.userData !== null) return "its output is not repeated, since it may hold the user data";
  const said = await log.tail();
  return said ? `its last output:\n${said}` : "it wrote no output";
}

async function spawned(plan: RunPlan, line: CommandLine): Promise<Run> {
  const confinement = await confine(line, plan.machine, plan.folder);
  try {
    return await begin(plan, line, confinement);
  } catch (error) {
    await confinement.release();
    throw error;
  }
}

async function begin(plan: RunPlan, line: CommandLine, confinement: Confinement): Promise<Run> {
  const { program, args, env } = confinement.line;
  const child = spawn(program, args, {
    cwd: plan.folder,
    env,
    // A session and process group of its own: what the command starts can be ended with it, and Ctrl-C on
    // the platform's terminal reaches the platform only, which then stops its machines in order.
    detached: true,
    // Standard input is the life line: the kernel closes it when the platform dies, however it dies.
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => undefined);
  child.stdout.pipe(plan.log, { end: false });
  child.stderr.pipe(plan.log, { end: false });

  const pid = await pidOf(child).catch((error) => {
    throw programError(error, plan.machine.image, line);
  });
  const startedAt = Date.now();
  // "close" comes after the last output; it follows "exit" unless something else holds the pipes.
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const silent = () => Promise.race([closed, pause(200, undefined, { ref: false })]);
  let wanted = false;
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, by) => {
      const how = by ? `was ended by ${by}` : `exited with code ${code}`;
      if (wanted || code === 0) return resolve(how);
      const output = () => silent().then(() => plan.log.recent());
      resolve(confinement.reason(by, output).then((reason) => (reason ? `${how}, ${reason}` : how)));
    });
  });
  const begun: Run = {
    ended,
    startedAt,
    async end(graceMs) {
      wanted = true;
      await endFamily(familyOf(plan.folder, pid), graceMs);
      await ended;
      await silent();
      await confinement.release();
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

function pidOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid!));
    child.once("error", reject);
  });
}
