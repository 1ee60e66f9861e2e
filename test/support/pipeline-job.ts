import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freshFolder } from "./clean-up";
import {
  type Environment,
  type Finished,
  freshEnvironment,
  type Launched,
  launch,
  succeeded,
} from "./command";
import { npmEnvironment } from "./npm";
import type { PipelineJob } from "./pipeline-file";

/** A job that runs, on a machine that has nothing but what a job is given. */
export interface StartedJob {
  /** The folder that it runs in. */
  readonly folder: string;
  readonly launched: Launched;
  readonly environment: Environment;
  /** How it ended; what it hands on is then in the folder of artifacts. */
  readonly exit: Promise<Finished>;
}

/** All that a machine has on which a plan is applied. */
const tools = ["bash", "curl", "gzip", "node", "tar", "terraform"];

/** Starts a job in a folder of its own, with the repository in it, or else what is in the folder of artifacts. */
export function startJob(job: PipelineJob, repository: string, artifacts: string): StartedJob {
  const folder = freshFolder("fairlead-job-");
  cpSync(job.hasCheckout ? repository : artifacts, folder, { recursive: true });
  const elsewhere = freshFolder();
  const machine: Environment = job.hasCheckout
    ? { ...npmEnvironment(), HOME: process.env.HOME, npm_config_prefer_offline: "true" }
    : { PATH: pathOf(elsewhere) };
  const environment = { ...freshEnvironment(elsewhere), ...machine, CI: "true", ...job.environment };
  const command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", job.script];
  const launched = launch(command, { cwd: folder, env: environment });
  const exit = launched.exit.then((finished) => {
    mkdirSync(artifacts, { recursive: true });
    if (finished.code === 0)
      for (const name of job.artifacts) cpSync(join(folder, name), join(artifacts, name));
    return finished;
  });
  return { folder, launched, environment, exit };
}

/** Runs jobs one after the other, each of which has to succeed; resolves with what they wrote. */
export async function runJobs(
  jobs: readonly PipelineJob[],
  repository: string,
  artifacts: string,
): Promise<string> {
  let output = "";
  for (const job of jobs) output += (await succeeded(startJob(job, repository, artifacts).exit)).output;
  return output;
}

/** A PATH with the tools alone. */
function pathOf(folder: string): string {
  const path = join(folder, "bin");
  mkdirSync(path);
  for (const tool of tools) {
    const found = process.env
      .PATH!.split(delimiter)
      .map((place) => join(place, tool))
      .find(existsSync);
    if (!found) throw new Error(`there is no ${tool} on the PATH`);
    symlinkSync(found, join(path, tool));
  }
  return path;
}

/** Whether a folder has packages of npm anywhere in it. */
export const hasPackages = (folder: string): boolean =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).some((name) => name.includes("node_modules"));
