import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";
import {
  builtInImages,
  type Engine,
  type Limits,
  type Machine,
  type MachineState,
  type ProcessImage,
  processEngine,
} from "../../lib/embedded/engine";
import { textLogger } from "../support/log";

const root = resolve(__dirname, "../..");

/** The compiled engine: what runs built-in programs, and what a platform in a process of its own loads. */
export const compiled = join(root, "dist/embedded/engine");

/**
 * Compiles what is missing or older than its source, file by file, so that a test of this folder alone needs
 * no build of everything; `npm test` has built already.
 */
export function build(): void {
  const source = join(root, "lib/embedded/engine");
  mkdirSync(compiled, { recursive: true });
  for (const file of readdirSync(source)) {
    const output = join(compiled, file.replace(/ts$/, "js"));
    const present = statSync(output, { throwIfNoEntry: false });
    if (present && present.mtimeMs >= statSync(join(source, file)).mtimeMs) continue;
    const { outputText } = transpileModule(readFileSync(join(source, file), "utf8"), {
      compilerOptions: { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true },
    });
    // Renamed into place, since other tests run programs from here at the same time.
    writeFileSync(`${output}.${process.pid}`, outputText);
    renameSync(`${output}.${process.pid}`, output);
  }
}

/** An image that runs a line of shell. */
export function shell(script: string, more: Partial<ProcessImage> = {}): ProcessImage {
  return { description: "a test", command: ["sh", "-c", script], ...more };
}

/** An image that runs a line of Node. */
export function node(script: string, more: Partial<ProcessImage> = {}): ProcessImage {
  return { description: "a test", command: [process.execPath, "-e", script], ...more };
}

export interface TestEngine {
  readonly engine: Engine;
  readonly dataDir: string;
  /** What `onState` heard, as `id status cause`. */
  readonly states: string[];
  /** What `log` got. */
  readonly lines: string[];
  machine(image: string, more?: Partial<Machine>): Machine;
  folder(id: string): string;
  output(id: string): string;
}

const cleanups: (() => Promise<void> | void)[] = [];

/** To be called in `afterEach`: ends what the test began, latest first. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export function onCleanUp(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-engine-"));
  onCleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An address that no other test uses, with high probability. */
export function freshAddress(): string {
  const byte = (from: number) => from + Math.floor(Math.random() * (255 - from));
  return `127.${byte(100)}.${byte(1)}.${byte(1)}`;
}

export function testEngine(
  images: Record<string, ProcessImage>,
  limits: Partial<Limits> = {},
  dataDir = freshFolder(),
): TestEngine {
  const states: string[] = [];
  const lines: string[] = [];
  const onState = (id: string, { status, cause = "" }: MachineState) =>
    states.push(`${id} ${status} ${cause}`.trim());
  const log = textLogger((line) => lines.push(line));
  const engine = processEngine({ images: { ...builtInImages, ...images }, dataDir, onState, log, limits });
  onCleanUp(() => engine.shutdown());
  const folder = (id: string) => join(dataDir, "instances", id);
  return {
    engine,
    dataDir,
    states,
    lines,
    folder,
    output: (id) => {
      const log = join(folder(id), "output.log");
      return existsSync(log) ? readFileSync(log, "utf8") : "";
    },
    machine: (image, more) => ({
      id: "i-1",
      name: "web",
      projectId: "p-1",
      image,
      flavor: "small",
      privateIp: freshAddress(),
      memoryMib: null,
      cpus: null,
      userData: null,
      sshKeys: [],
      ...more,
    }),
  };
}

/** Waits until `probe` gives something; fails after `limitMs`. */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 5000,
): Promise<T> {
  for (const deadline = Date.now() + limitMs; ; await pause(10)) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${probe}`);
  }
}

/** Whether a process runs; a dead one that nobody waited for does not. */
export function alive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

/** Sends text and resolves with all that comes back until the other side ends. */
export function talk(host: string, port: number, text?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", reject);
    socket.on("end", () => {
      socket.destroy();
      resolve(answer);
    });
    if (text !== undefined) socket.end(text);
  });
}

/** Starts machines from a process of its own, as a platform does, and ends that with `kill -9`. */
export async function killedPlatform(
  dataDir: string,
  images: Record<string, ProcessImage>,
  machines: Machine[],
): Promise<void> {
  const platform = spawn(
    process.execPath,
    [
      "-e",
      `const { builtInImages, processEngine } = require(process.argv[1]);
       const { dataDir, images, machines } = JSON.parse(process.argv[2]);
       const engine = processEngine({ images: { ...builtInImages, ...images }, dataDir });
       Promise.all(machines.map((machine) => engine.start(machine))).then(() => console.log("started"));`,
      compiled,
      JSON.stringify({ dataDir, images, machines }),
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  onCleanUp(() => void platform.kill("SIGKILL"));
  await once(platform.stdout, "data");
  platform.kill("SIGKILL");
  await once(platform, "exit");
}
