import Libsql from "libsql";

/** What SQLite stores. */
export type SqlValue = string | number | null;

/** The little of SQLite that the platform needs; nothing else knows which library it is. */
export interface Database {
  /** Runs statements without parameters or results. */
  script(sql: string): void;
  run(sql: string, ...parameters: SqlValue[]): void;
  first(sql: string, ...parameters: SqlValue[]): Record<string, SqlValue> | undefined;
  all(sql: string, ...parameters: SqlValue[]): Record<string, SqlValue>[];
  /** All of it or nothing of it; synchronous, so that nothing comes between. */
  transaction<T>(change: () => T): T;
  close(): void;
}

/**
 * Opens a database file, and makes it when it does not exist.
 * @throws Error when the file cannot be used
 */
export function openDatabase(file: string): Database {
  const connection = new Libsql(file);
  connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;");
  const statements = new Map<string, Libsql.Statement>();
  let closed = false;
  const prepared = (sql: string): Libsql.Statement => {
    if (closed) throw new Error("the database is closed");
    const known = statements.get(sql);
    if (known) return known;
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    script: (sql) => connection.exec(sql),
    run: (sql, ...parameters) => void prepared(sql).run(...parameters),
    first: (sql, ...parameters) => prepared(sql).get(...parameters) as Record<string, SqlValue> | undefined,
    all: (sql, ...parameters) => prepared(sql).all(...parameters) as Record<string, SqlValue>[],
    transaction: (change) => {
      let result: ReturnType<typeof change>;
      connection.transaction(() => {
        result = change();
      })();
      return result!;
    },
    close: () => {
      // Prepared statements keep the file open until they are collected, so what is in the log goes over now.
      connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      statements.clear();
      connection.close();
      closed = true;
    },
  };
}
