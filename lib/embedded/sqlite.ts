import type Libsql from "libsql";

/** An open database file, and a statement that is prepared on it. */
export type Connection = Libsql.Database;
export type Statement = Libsql.Statement;

/** SQLite is not there, or not for this system; the message says what to type. */
export class SqliteMissing extends Error {
  override readonly name = "SqliteMissing";
}

/**
 * Opens a database file, and makes it when it does not exist.
 * @throws SqliteMissing
 */
export function openSqlite(file: string, options?: Libsql.Options): Connection {
  const Sqlite = loadSqlite();
  return new Sqlite(file, options);
}

const remedy = "npm install --save-dev libsql@^0.5";

/**
 * The one place that loads `libsql`, an optional peer: its builds take more room than all the rest, and who only declares
 * what a platform elsewhere shall have needs none.
 * @throws SqliteMissing
 */
export function loadSqlite(): typeof Libsql {
  try {
    require.resolve("libsql");
  } catch {
    throw new SqliteMissing(
      `The platform on this machine keeps its data in SQLite, and the package for that, libsql, is not installed. Install it: ${remedy}`,
    );
  }
  try {
    return require("libsql") as typeof Libsql;
  } catch (error) {
    const [reason] = (error as Error).message.split("\n");
    throw new SqliteMissing(
      `The package libsql is installed, but not for this system (${reason}). Install it here: ${remedy}`,
    );
  }
}
