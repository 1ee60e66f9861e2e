import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { databaseFile } from "./data-folder";
import { openToRead } from "./database";
import { databaseProblem, hasDatabase } from "./database-check";
import { FolderError, lockFolder } from "./folder-lock";
import { loadSqlite } from "./sqlite";

/** How much a backup holds. */
export interface BackupContents {
  readonly projects: number;
  readonly instances: number;
  readonly portForwards: number;
}

/**
 * Writes a backup: one file, for this user alone, that holds everything that was acknowledged before it began. The
 * platform of the folder may run, and is not held up. The administrator's token is no part of it.
 * @throws FolderError when there is no database, or the file cannot be written; an existing file is never overwritten
 */
export function backUp(dataDir: string, file: string): BackupContents {
  const source = databaseFile(resolve(dataDir));
  if (!hasDatabase(source)) {
    throw new FolderError(
      `There is no platform's database ${source}; name the platform's folder with --data.`,
    );
  }
  guardNew(file);
  const draft = `${resolve(file)}.${process.pid}.tmp`;
  return orFolderError(`The backup ${file} could not be written`, () => {
    try {
      closeSync(openSync(draft, "wx", 0o600));
      const database = openToRead(source);
      try {
        database.run("VACUUM INTO ?", draft);
      } finally {
        database.close();
      }
      guardWhole(draft, `The database ${source}`);
      synchronize(draft);
      // A link, where a renaming would overwrite what somebody has put there meanwhile.
      linkSync(draft, resolve(file));
    } finally {
      rmSync(draft, { force: true });
    }
    synchronize(dirname(resolve(file)));
    return contents(file);
  });
}

/**
 * Puts a backup into a data folder that has no database, or, with `replace`, in the place of the one that is there,
 * which is kept beside it.
 * @returns what it holds, and where the database that it replaces lies now
 * @throws FolderError when the file is no whole backup, the folder is in use, or has a database; nothing was changed then
 */
export function restoreBackup(
  file: string,
  dataDir: string,
  { replace = false }: { readonly replace?: boolean } = {},
): BackupContents & { readonly kept: string | undefined } {
  if (!existsSync(file)) throw new FolderError(`There is no file ${file} to restore.`);
  const folder = resolve(dataDir);
  return orFolderError(`The backup ${file} could not be restored to ${folder}`, () => {
    guardWhole(file, `The backup ${file}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const lock = lockFolder(folder);
    try {
      return { kept: putInPlace(file, databaseFile(folder), replace), ...contents(databaseFile(folder)) };
    } finally {
      lock.release();
    }
  });
}

function putInPlace(file: string, target: string, replace: boolean): string | undefined {
  const occupied = hasDatabase(target);
  if (occupied && !replace) {
    throw new FolderError(
      `There is a database ${target} already; --replace puts the backup in its place and keeps it beside.`,
    );
  }
  const draft = `${target}.restoring`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, "wx", 0o600));
  copyFileSync(file, draft);
  // A copy has the mode of what it is a copy of.
  chmodSync(draft, 0o600);
  synchronize(draft);
  const kept = occupied ? `${target}.replaced-${new Date().toISOString().replace(/[:.]/g, "-")}` : undefined;
  if (kept) {
    // With its log, which may hold the last changes; linked first, so that at no moment there is no database.
    for (const part of ["", "-wal"].filter((suffix) => existsSync(target + suffix))) {
      linkSync(target + part, kept + part);
    }
  }
  // A log beside another database would be taken for its own.
  for (const part of ["-wal", "-shm"]) rmSync(target + part, { force: true });
  renameSync(draft, target);
  synchronize(dirname(target));
  return kept;
}

function contents(file: string): BackupContents {
  const database = openToRead(file);
  const count = (table: string) => Number(database.first(`SELECT COUNT(*) AS count FROM ${table}`)?.count);
  try {
    return {
      projects: count("projects"),
      instances: count("instances"),
      portForwards: count("portForwards"),
    };
  } finally {
    database.close();
  }
}

/** @throws FolderError */
function guardNew(file: string): void {
  if (!existsSync(file)) return;
  throw new FolderError(
    `There is a file ${file} already, and a backup overwrites nothing: choose another name.`,
  );
}

/** @throws FolderError */
function guardWhole(file: string, what: string): void {
  const problem = statSync(file).size > 0 ? databaseProblem(file) : "is empty";
  if (problem !== undefined)
    throw new FolderError(`${what} ${problem}. Nothing was changed; take another backup.`);
}

/** @throws FolderError, SqliteMissing */
function orFolderError<T>(what: string, work: () => T): T {
  loadSqlite();
  try {
    return work();
  } catch (error) {
    if (error instanceof FolderError) throw error;
    throw new FolderError(`${what}: ${(error as Error).message}. Nothing was changed.`);
  }
}

/** Has the disk keep what was written, of a file or of a folder's names. */
function synchronize(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
