import { GroupCommit } from "./group-commit";
import { type Connection, openSqlite, type Statement } from "./sqlite";
import { guardRoom, storageFault } from "./storage-fault";

/** What SQLite stores. */
export type SqlValue = string | number | null;

/** The little of SQLite that the platform needs. */
export interface Database {
  /** Runs statements without parameters or results. */
  script(sql: string): void;
  run(sql: string, ...parameters: SqlValue[]): void;
  /**
   * `run`, but when all that is committed together is there, in the order of asking; not at all where the change that
   * asks is taken back. For rows that only they read who are told of the change.
   */
  finally(sql: string, ...parameters: SqlValue[]): void;
  first(sql: string, ...parameters: SqlValue[]): Record<string, SqlValue> | undefined;
  all(sql: string, ...parameters: SqlValue[]): Record<string, SqlValue>[];
  /**
   * Another number whenever a row that was read may be another one now, or gone: after every statement that is run but
   * an INSERT, and when something was taken back. One that replaces or updates what is there is not for tables whose
   * rows somebody remembers.
   */
  readonly epoch: number;
  /**
   * All of it or nothing of it; synchronous, so that nothing comes between. Within another one it is a part of that,
   * and on the disk when that is.
   * @throws PlatformError `storage_unavailable` when it cannot be written; nothing has changed then
   */
  transaction<T>(change: () => T): T;
  /**
   * Makes a change at once, all of it or nothing of it, and resolves when it is on the disk, together with what others
   * change at about the same time. For what somebody is told to be done.
   * @throws PlatformError `storage_unavailable` when it cannot be written; nothing has changed then
   */
  kept<T>(change: () => T): Promise<T>;
  /**
   * `kept`, but refused in time, while there is still room to take it back: for what makes or changes something and may
   * have to be undone.
   * @throws PlatformError `storage_unavailable`
   */
  undoable<T>(change: () => T): Promise<T>;
  close(): void;
}

/** How long to wait for a writer in another process, a command for example. */
const busyMs = 5_000;

/** Statements after which what was read is still so. */
const addsRows = "INSERT ";

/**
 * Opens a database file, and makes it when it does not exist.
 * @throws SqliteMissing, Error when the file cannot be used
 */
export function openDatabase(file: string): Database {
  const connection = openSqlite(file, { timeout: busyMs });
  connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  return databaseOf(connection, file);
}

/**
 * Opens a database file without ever writing to it.
 * @throws SqliteMissing, Error when there is none, or it cannot be read
 */
export function openToRead(file: string): Database {
  const path = file.replace(/[%?#]/g, encodeURIComponent);
  const connection = openSqlite(`file:${path}?mode=ro`, { timeout: busyMs });
  return databaseOf(connection, file);
}

function databaseOf(connection: Connection, file: string): Database {
  const statements = new Map<string, Statement>();
  let closed = false;
  let epoch = 0;
  const turn = () => {
    epoch++;
  };
  // The library ends the whole process when a closed connection is used.
  const guardOpen = () => {
    if (closed) throw new Error("the database is closed");
  };
  const prepared = (sql: string): Statement => {
    guardOpen();
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  // Parameters are handed over as they come, in one array: several arguments are copied by the library, twice.
  const run = (sql: string, parameters: SqlValue[]): void => {
    try {
      prepared(sql).run(parameters);
    } catch (error) {
      turn();
      throw storageFault(error);
    }
    if (!sql.startsWith(addsRows)) turn();
  };
  const groups = new GroupCommit(connection, turn);
  const transaction = <T>(change: () => T): T => {
    guardOpen();
    if (groups.isWithin) return change();
    // What returns is kept: it neither waits for others nor fails with them.
    groups.flush();
    if (connection.inTransaction) return groups.separately(change);
    connection.exec("BEGIN IMMEDIATE");
    try {
      const result = change();
      groups.finish();
      connection.exec("COMMIT");
      return result;
    } catch (error) {
      groups.forgetRest();
      // A disk that is full has ended the transaction already.
      if (connection.inTransaction) connection.exec("ROLLBACK");
      turn();
      throw storageFault(error);
    }
  };
  const kept = async <T>(change: () => T, guard?: () => void): Promise<T> => {
    guardOpen();
    return groups.add(change, guard);
  };
  const hasRoom = () => guardRoom(file);
  return {
    script: (sql) => {
      connection.exec(sql);
      turn();
    },
    get epoch() {
      return epoch;
    },
    run: (sql, ...parameters) => run(sql, parameters),
    finally: (sql, ...parameters) => {
      if (connection.inTransaction) groups.finally(() => run(sql, parameters));
      else run(sql, parameters);
    },
    first: (sql, ...parameters) => prepared(sql).get(parameters) as Record<string, SqlValue> | undefined,
    all: (sql, ...parameters) => prepared(sql).all(parameters) as Record<string, SqlValue>[],
    transaction,
    kept: (change) => kept(change),
    undoable: (change) => kept(change, hasRoom),
    close: () => {
      groups.flush();
      try {
        // Prepared statements keep the file open until they are collected, so what is in the log goes over now.
        connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // No room for it: it stays in the log, which the next start reads.
      }
      statements.clear();
      connection.close();
      closed = true;
    },
  };
}
