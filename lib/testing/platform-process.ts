import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { packageFile } from "../constructs/package-file";

/** A platform in a process of its own. */
export interface PlatformProcess {
  readonly endpoint: string;
  readonly tokenFile: string;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** How long a platform has to end its instances, in milliseconds. */
const patience = 15_000;

/**
 * Runs `fairlead platform start`. Not in the test's own process: there fake timers would stop it, and a synthesis that
 * asks it would wait for itself. It ends with the process that started it, however that ends.
 * @throws Error with what it says, when it does not start
 */
export async function startPlatformProcess(args: readonly string[]): Promise<PlatformProcess> {
  const child = fork(
    packageFile("dist/cli/fairlead.js"),
    ["platform", "start", "--json", "--listen", "127.0.0.1:0", ...args],
    { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [], env: withoutSettings(process.env) },
  );
  const ended = once(child, "close");
  ended.catch(() => undefined);
  const errors: string[] = [];
  child.stderr!.setEncoding("utf8").on("data", (text: string) => void errors.push(text));
  const line = await Promise.race([firstLine(child), ended.then(() => undefined)]);
  if (line === undefined) throw new Error(`The platform did not start.\n${errors.join("").trim()}`);
  // A test that does not close its platform ends all the same.
  for (const held of [child, child.channel, child.stdout, child.stderr])
    (held as { unref?(): void } | null | undefined)?.unref?.();
  return {
    ...(JSON.parse(line) as { readonly endpoint: string; readonly tokenFile: string }),
    stop: async () => {
      child.ref();
      child.kill("SIGTERM");
      const impatience = setTimeout(() => child.kill("SIGKILL"), patience);
      await ended;
      clearTimeout(impatience);
    },
  };
}

/** What this process is started with is not for the platform. */
const withoutSettings = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(FAIRLEAD_|NODE_OPTIONS$)/.test(name)),
  );

async function firstLine(child: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    child.stdout!.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
  });
}
