import { join } from "node:path";
import Libsql from "libsql";

/** The data folder is in use by another platform. */
export class FolderBusyError extends Error {
  override readonly name = "FolderBusyError";
}

/**
 * Takes a data folder for this platform alone: two on one folder would fight over ports and end each other's
 * instances. The lock is SQLite's own, on a file beside the database; the kernel lifts it when the process
 * ends, however it ends.
 * @throws FolderBusyError
 */
export function lockFolder(dataDir: string): { release(): void } {
  const connection = new Libsql(join(dataDir, "lock"));
  try {
    connection.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    connection.close();
    throw (error as { code?: string }).code?.startsWith("SQLITE_BUSY")
      ? new FolderBusyError(
          `The data folder ${dataDir} is in use by another platform; stop that one, or choose another folder with --data.`,
        )
      : error;
  }
  return { release: () => connection.close() };
}
