import { statfsSync, statSync } from "node:fs";
import type { MetricFamily } from "../http/server";
import { databaseFile } from "./data-folder";
import type { Database } from "./database";

/** Why a database cannot be worked with; undefined: it answers. */
export function databaseTrouble(database: Database): string | undefined {
  try {
    database.first("SELECT id FROM projects LIMIT 1");
    return undefined;
  } catch (error) {
    return `the database does not answer (${(error as Error).message})`;
  }
}

/** What a data folder takes of its disk, and what is left. */
export function diskMetrics(dataDir: string): MetricFamily[] {
  const file = databaseFile(dataDir);
  const gauge = (name: string, help: string, value: number): MetricFamily => ({
    ...{ name, type: "gauge", help, samples: [{ value }] },
  });
  return [
    gauge("fairlead_database_size_bytes", "The database and its log.", sizeOf(file) + sizeOf(`${file}-wal`)),
    gauge("fairlead_data_free_bytes", "Room that is left where the data folder is.", roomAt(dataDir)),
  ];
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function roomAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
