import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedPlatform } from "../../../lib/embedded";
import { openDatabase } from "../../../lib/embedded/database";
import { cleanUp, freshFolder } from "../../support/clean-up";
import { freshAddress } from "../../support/embedded";
import { type PlatformProcess, startPlatformProcess } from "../../support/platform-process";
import { median } from "../measure";

/** What a platform with few and with many forwards takes of its machine. */
export interface PlatformFigures {
  /** Milliseconds from the start of the process to its ready line, with all forwards open. */
  readonly startMs: number;
  /** Megabytes resident, of the platform alone. */
  readonly residentMB: number;
  /** Milliseconds to add a forward beside few, and beside many; medians. */
  readonly addMs: { readonly few: number; readonly many: number };
}

const few = 10;
const adds = 50;
const firstPort = 20_000;

/** Starts platforms of their own, measures, and ends them. */
export async function measurePlatform(many: number): Promise<PlatformFigures> {
  try {
    const [small, large] = [await seeded(few), await seeded(many)];
    const fewer = await startPlatformProcess(small);
    const addFew = await addOne(fewer);
    await fewer.stop();
    const began = performance.now();
    const platform = await startPlatformProcess(large);
    const startMs = performance.now() - began;
    await everyOneOpen(platform, many);
    const residentMB = residentBytes(platform.pid) / 1e6;
    const addMany = await addOne(platform);
    return { startMs, residentMB, addMs: { few: addFew, many: addMany } };
  } finally {
    await cleanUp();
  }
}

/** A data folder with so many forwards of one instance: the first by the platform, and copies of its row. */
async function seeded(count: number): Promise<{ dataDir: string; externalIp: string }> {
  const [dataDir, externalIp] = [join(freshFolder("fairlead-bench-"), "data"), freshAddress()];
  const maker = await startEmbeddedPlatform({ version: "0.0.0", dataDir, externalIps: [externalIp] });
  const { projects, instances, portForwards } = maker.platform;
  const { id: projectId } = await projects.create({ name: "bench" });
  const machine = { projectId, name: "echo", image: "echo", flavor: "small" };
  const { id: instanceId } = await instances.create(machine);
  const target = { projectId, instanceId, protocol: "tcp" as const };
  await portForwards.create({ ...target, internalPort: 7007, externalPort: firstPort });
  await maker.close();
  const database = openDatabase(join(dataDir, "platform.db"));
  const columns = database.all("PRAGMA table_info(portForwards)").map(({ name }) => String(name));
  const other: Readonly<Record<string, string>> = {
    id: "id || '-' || n",
    internalPort: "internalPort + n",
    externalPort: "externalPort + n",
  };
  database.script(
    `WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < ${count - 1})
     INSERT INTO portForwards (${columns.join(", ")})
     SELECT ${columns.map((column) => other[column] ?? column).join(", ")} FROM portForwards, series`,
  );
  database.close();
  return { dataDir, externalIp };
}

/** @throws Error when the platform has not opened all of them */
async function everyOneOpen({ api }: PlatformProcess, count: number): Promise<void> {
  const { items } = await api.portForwards.list({ limit: 1_000 });
  const closed = items.find(({ status }) => status !== "active");
  if (closed || items.length < Math.min(count, 1_000))
    throw new Error(`of ${count} forwards not all are open: ${JSON.stringify(closed)}`);
}

/** Milliseconds to add a forward: request, row, socket, answer. */
async function addOne({ api }: PlatformProcess): Promise<number> {
  const [first] = (await api.portForwards.list({ limit: 1 })).items;
  const { projectId, instanceId } = first!;
  const taken: number[] = [];
  for (let i = 0; i < adds; i++) {
    const began = performance.now();
    await api.portForwards.create({
      projectId,
      instanceId: instanceId!,
      protocol: "udp",
      internalPort: 30_000 + i,
    });
    taken.push(performance.now() - began);
  }
  return median(taken);
}

function residentBytes(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
