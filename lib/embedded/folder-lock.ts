import { join } from "node:path";
import { openSqlite } from "./sqlite";

/** A data folder that cannot be used, among others because another platform uses it. */
export class FolderError extends Error {
  override readonly name = "FolderError";
}

/**
 * Takes a data folder for this platform alone: two on one folder would fight over ports and end each other's
 * instances. The lock is SQLite's own, on a file beside the database; the kernel lifts it when the process
 * ends, however it ends.
 * @throws FolderError, SqliteMissing
 */
export function lockFolder(dataDir: string): { release(): void } {
  const connection = openSqlite(join(dataDir, "lock"));
  try {
    connection.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    connection.close();
    throw (error as { code?: string }).code?.startsWith("SQLITE_BUSY")
      ? new FolderError(
          `The data folder ${dataDir} is in use by another platform; stop that one, or choose another folder with --data.`,
        )
      : error;
  }
  return { release: () => connection.close() };
}
