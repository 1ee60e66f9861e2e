import { accessSync, chmodSync, closeSync, constants, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { PlatformError } from "../contract";
import { type Database, openDatabase } from "./database";
import { databaseProblem, hasDatabase } from "./database-check";
import { FolderError, lockFolder } from "./folder-lock";
import { latestFormat, migrate } from "./migrations";
import { loadSqlite } from "./sqlite";

/** The database of a data folder. */
export const databaseFile = (dataDir: string): string => join(dataDir, "platform.db");

/** A data folder that is this platform's alone. */
export interface DataFolder {
  readonly database: Database;
  /** Closes the database and lets others have the folder. */
  close(): void;
}

/**
 * Takes a data folder, and makes it when there is none; its database is checked as a whole before anything is written.
 * @throws FolderError that says what is wrong, with which file, and what to do; nothing was changed then
 * @throws SqliteMissing
 */
export function openDataFolder(dataDir: string): DataFolder {
  loadSqlite();
  const lock = takeFolder(dataDir);
  let database: Database | undefined;
  try {
    // First of all: a file that this process closes loses all the locks that the process holds on it.
    const file = privateFile(databaseFile(dataDir));
    guardDatabase(file, dataDir);
    database = openDatabase(file);
    migrate(database);
    decide(database);
  } catch (error) {
    database?.close();
    lock.release();
    throw unusable(dataDir, error);
  }
  const opened = database;
  return {
    database: opened,
    close: () => {
      opened.close();
      lock.release();
    },
  };
}

/**
 * Whatever a killed platform was just writing is there or not from now on. While another process reads the file, such
 * as a backup, SQLite leaves it open, and a later start might find what this one did not; a write ends that.
 */
function decide(database: Database): void {
  try {
    database.transaction(() => database.script(`PRAGMA user_version = ${latestFormat}`));
  } catch (error) {
    // A platform starts on a full disk, too; it shows what there is.
    if (!(error instanceof PlatformError)) throw error;
  }
}

/** @throws FolderError */
function takeFolder(dataDir: string): { release(): void } {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return lockFolder(dataDir);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/** @throws FolderError when there is a database that this program cannot work with */
function guardDatabase(file: string, dataDir: string): void {
  const problem = hasDatabase(file) ? databaseProblem(file) : undefined;
  if (problem === undefined) return;
  throw new FolderError(
    `The platform's database ${file} ${problem}. Nothing was changed. ${
      problem.includes("newer version")
        ? "Install that version, or start with another --data folder."
        : `Restore a backup: fairlead platform restore FILE --replace --data ${dataDir}; without one, start with another --data folder.`
    }`,
  );
}

/** What a failure of the system says of a folder, and what to do about it. */
function unusable(dataDir: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (error instanceof FolderError) return error;
  const cause = error instanceof PlatformError ? (error.cause as { code?: string } | undefined)?.code : code;
  const advice = Object.entries(adviceFor).find(([codes]) => new RegExp(codes).test(cause ?? ""))?.[1];
  return new FolderError(
    `The data folder ${dataDir} cannot be used (${cause ?? message}); ${advice ?? "choose another one with --data."}`,
  );
}

const adviceFor = {
  "ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_SHMSIZE":
    "its disk is full: make room there, or choose another one with --data.",
  "EROFS|SQLITE_READONLY": "it is read-only: mount it for writing, or choose another one with --data.",
  "EACCES|EPERM": "this user may not write there: give it to this user, or choose another one with --data.",
  ENOTDIR: "a part of its path is no folder: choose another one with --data.",
};

/** Makes a file for this user alone, also in a folder that others can read; SQLite's files beside it follow. */
function privateFile(file: string): string {
  closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  return file;
}
