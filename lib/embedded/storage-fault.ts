import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { PlatformError } from "../contract";

/** Room that is left to what takes changes back: rows are written before what they ask for is tried. */
const reserveBytes = 4 * 1024 * 1024;

/** SQLite's words for a disk that takes nothing more. */
const unwritable = /^SQLITE_(FULL|READONLY|IOERR)/;

/** What an error of the database is to callers: one of the catalogue where the disk is the cause, else as it is. */
export function storageFault(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (error instanceof PlatformError || !unwritable.test(code ?? "")) return error;
  return unavailable(code === "SQLITE_FULL" ? "its disk is full" : `${message} (${code})`, error);
}

/** @throws PlatformError `storage_unavailable` when the disk of a file is nearly full */
export function guardRoom(file: string): void {
  const { bavail, bsize } = statfsSync(dirname(file));
  if (bavail * bsize < reserveBytes) {
    throw unavailable(`its disk has less than ${reserveBytes / 1024 / 1024} MiB left`);
  }
}

/** For those whose transaction the disk has ended by a statement of somebody else. */
export const transactionLost = (): PlatformError => unavailable("its disk took back what was begun");

function unavailable(why: string, cause?: unknown): PlatformError {
  return new PlatformError(
    "storage_unavailable",
    `The platform cannot write this down: ${why}. Nothing was changed; what there is goes on.`,
    { cause },
  );
}
