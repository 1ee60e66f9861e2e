import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a command cost. CPU of core and provider are those of all their processes and threads. */
export interface Cost {
  readonly output: string;
  readonly wallSeconds: number;
  readonly coreSeconds: number;
  readonly providerSeconds: number;
  /** The most memory that one process of either had at a time. */
  readonly coreMegabytes: number;
  readonly providerMegabytes: number;
  /** Requests that the providers have sent. */
  readonly requests: number;
}

/** CPU of the command and its providers together. */
export const cpuOf = ({ coreSeconds, providerSeconds }: Cost): number => coreSeconds + providerSeconds;

interface Usage {
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly requests: number;
}

/** Every provider writes its own usage when it ends; the operating system has counted it, with all threads. */
const hook = (folder: string) => `
let requests = 0;
require("node:diagnostics_channel").subscribe("http.client.request.start", () => requests++);
if (/terraform-provider-/.test(process.argv[1])) process.on("exit", () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  // Its maxRSS is also that of the process which has started this one.
  const status = require("node:fs").readFileSync("/proc/self/status", "utf8");
  require("node:fs").writeFileSync(${JSON.stringify(folder)} + "/" + process.pid + ".usage",
    JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, megabytes: Number(/VmHWM:\\s+(\\d+)/.exec(status)[1]) / 1024, requests }));
});
`;

// The shell's \`times\` adds up waited-for children, which Node does not tell; descriptor 3 says whom it waits for.
const script = '"$@" 2>&1 & echo $! >&3; wait $!; code=$?; times >&3; exit $code';

/** Runs a command to its end. @throws Error with its output when it fails */
export async function costOf(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-cost-"));
  const preload = join(folder, "usage.cjs");
  writeFileSync(preload, hook(folder));
  try {
    const began = performance.now();
    const child = spawn("bash", ["-c", script, "bash", ...command], {
      cwd,
      env: { ...env, NODE_OPTIONS: `--require=${preload}` },
      stdio: ["ignore", "pipe", "inherit", "pipe"],
    });
    let output = "";
    let report = "";
    child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    (child.stdio[3] as NodeJS.ReadableStream).setEncoding("utf8").on("data", (text: string) => {
      report += text;
    });
    let coreMegabytes = 0;
    const watch = setInterval(() => {
      coreMegabytes = Math.max(coreMegabytes, peakMegabytes(report.split("\n")[0]!));
    }, 50);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    clearInterval(watch);
    const wallSeconds = (performance.now() - began) / 1000;
    if (code !== 0) throw new Error(`${command.join(" ")} failed:\n${output}`);
    const provider = usages(folder);
    const providerSeconds = provider.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
    return {
      output,
      wallSeconds,
      coreSeconds: childSeconds(report) - providerSeconds,
      providerSeconds,
      coreMegabytes,
      providerMegabytes: Math.max(0, ...provider.map(({ megabytes }) => megabytes)),
      requests: provider.reduce((sum, usage) => sum + usage.requests, 0),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function usages(folder: string): Usage[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".usage"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Usage);
}

/** The last line of \`times\`: user and system time of the children, as \`0m1.234s 0m0.567s\`. */
function childSeconds(report: string): number {
  const line = report.trim().split("\n").at(-1)!;
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

function peakMegabytes(pid: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
