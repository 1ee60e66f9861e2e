import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { contract } from "fairlead";
import { type Child, end, release, start } from "./child";

/** The platform that the quickstart deploys to. */
export interface RunningPlatform {
  readonly endpoint: string;
  /** What its clients need in their environment. */
  readonly environment: { FAIRLEAD_ENDPOINT: string; FAIRLEAD_TOKEN_FILE?: string };
  /** Undefined for one that was there before. */
  readonly pid: number | undefined;
  /** What packets from here reach, once the program is deployed. */
  reach(): Promise<"everything" | "forwards" | "nothing">;
  forwards(): Promise<contract.PortForward[]>;
  instances(): Promise<contract.Instance[]>;
  /** How many projects, instances and forwards of the program there are. */
  count(): Promise<number>;
  stop(): Promise<void>;
  /** Lets it run on after us. */
  release(): void;
}

/** Starts `fairlead platform start` on loopback, on a free port, with a data folder and a log inside of `folder`. */
export async function startPlatform(root: string, folder: string): Promise<RunningPlatform> {
  const logFile = join(folder, "platform.log");
  const log = openSync(logFile, "a");
  const command = [
    process.execPath,
    join(root, "dist/cli/fairlead.js"),
    ...["platform", "start", "--json", "--listen", "127.0.0.1:0"],
    ...["--data", join(folder, "data"), "--config", join(root, "examples/quickstart/platform.json")],
  ];
  const child = start(command, { stdio: ["ignore", "pipe", log] });
  closeSync(log);
  const { endpoint, tokenFile } = await ready(child, logFile);
  const headers = { authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}` };
  const list = async <T>(collection: string): Promise<T[]> => {
    const response = await fetch(`${endpoint}/v1/${collection}?limit=1000`, { headers });
    return ((await response.json()) as { items: T[] }).items;
  };
  return {
    endpoint,
    environment: { FAIRLEAD_ENDPOINT: endpoint, FAIRLEAD_TOKEN_FILE: tokenFile },
    pid: child.process.pid!,
    reach: async () => "everything",
    forwards: () => list<contract.PortForward>("port-forwards"),
    instances: () => list<contract.Instance>("instances"),
    count: async () => {
      const lists = await Promise.all(["projects", "instances", "port-forwards"].map((name) => list(name)));
      return lists.flat().length;
    },
    stop: () => end(child),
    release: () => {
      child.process.stdout?.destroy();
      release(child);
    },
  };
}

async function ready(child: Child, logFile: string): Promise<{ endpoint: string; tokenFile: string }> {
  const lines = createInterface({ input: child.process.stdout! });
  const line = new Promise<string>((resolve) => lines.once("line", resolve));
  const first = await Promise.race([line, child.exit]);
  if (typeof first === "string") return JSON.parse(first);
  throw new Error(readFileSync(logFile, "utf8").trim().split("\n").slice(-3).join("\n"));
}
