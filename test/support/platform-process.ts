import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Platform } from "../../lib/contract";
import { httpPlatform } from "../../lib/http/client";
import { freshFolder, onCleanUp } from "./clean-up";
import { type Environment, fairleadCommand, freshEnvironment, type Launched, launch } from "./command";
import { freshAddress } from "./embedded";

/** `fairlead platform start`, in a process of its own. */
export interface PlatformProcess {
  readonly endpoint: string;
  readonly tokenFile: string;
  readonly token: string;
  readonly dataDir: string;
  readonly externalIp: string;
  readonly pid: number;
  readonly launched: Launched;
  /** Its API, for what happens behind Terraform's back. */
  readonly api: Platform;
  /** What its clients need in their environment. */
  readonly settings: { readonly FAIRLEAD_ENDPOINT: string; readonly FAIRLEAD_TOKEN_FILE: string };
  /** Ends it by a signal; resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How a platform is started. */
export interface PlatformProcessOptions {
  /** @default a fresh folder */
  readonly dataDir?: string;
  /** @default an address that no other test has */
  readonly externalIp?: string;
  /** Images and flavors, as in a configuration file. */
  readonly config?: object;
  /**
   * The `fairlead` that is started.
   * @default the built one
   */
  readonly command?: string;
  /** The Node that runs it. */
  readonly node?: string;
  readonly args?: readonly string[];
  readonly env?: Environment;
  /** The CA that `api` trusts, in PEM. */
  readonly caFile?: string;
}

/** Starts a platform and waits until it is ready; it is ended when the test is over. */
export async function startPlatformProcess(options: PlatformProcessOptions = {}): Promise<PlatformProcess> {
  const folder = freshFolder();
  const { dataDir = join(folder, "data"), externalIp = freshAddress(), caFile } = options;
  const { node = process.execPath, command = fairleadCommand } = options;
  const launched = launch(
    [
      ...[node, command, "platform", "start", "--json", "--listen", "127.0.0.1:0", "--log-level", "debug"],
      ...["--data", dataDir, "--external-ip", externalIp, ...configArguments(folder, options.config)],
      ...(options.args ?? []),
    ],
    { cwd: folder, env: { ...freshEnvironment(folder), ...options.env } },
  );
  const { endpoint, tokenFile } = await readyLine(launched);
  const token = readFileSync(tokenFile, "utf8").trim();
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    launched.process.kill(signal);
    return (await launched.exit).code;
  };
  onCleanUp(async () => {
    // A platform that hangs must not keep the rest from being cleaned up.
    await Promise.race([stop(), pause(10_000, undefined, { ref: false })]);
  });
  return {
    endpoint,
    tokenFile,
    token,
    dataDir,
    externalIp,
    pid: launched.pid,
    launched,
    api: httpPlatform({ endpoint, token, ...(caFile ? { ca: readFileSync(caFile, "utf8") } : {}) }),
    settings: { FAIRLEAD_ENDPOINT: endpoint, FAIRLEAD_TOKEN_FILE: tokenFile },
    stop,
  };
}

function configArguments(folder: string, config: object | undefined): string[] {
  if (config === undefined) return [];
  const file = join(folder, "platform.json");
  writeFileSync(file, JSON.stringify(config));
  return ["--config", file];
}

/** The one line that `--json` prints. */
async function readyLine(launched: Launched): Promise<{ endpoint: string; tokenFile: string }> {
  const line = new Promise<string>((resolve) => {
    launched.process.stdout!.on("data", () => {
      const [first, ...rest] = launched.stdout().split("\n");
      if (rest.length > 0) resolve(first!);
    });
  });
  const first = await Promise.race([line, launched.exit]);
  if (typeof first === "string") return JSON.parse(first);
  throw new Error(`the platform ended with ${first.code}:\n${first.output}`);
}
