import { existsSync, statSync } from "node:fs";
import { type Database, openToRead } from "./database";
import { latestFormat } from "./migrations";

/** What every format of the database has. */
const ours = ["projects", "instances", "portForwards"];

/** Whether a database was ever begun there. */
export const hasDatabase = (file: string): boolean => existsSync(file) && statSync(file).size > 0;

/**
 * What keeps a file from being a database that this program can work with, as the rest of a sentence about it;
 * undefined where nothing does. It is read as a whole, and not written to.
 * @throws Error when it cannot be read
 */
export function databaseProblem(file: string): string | undefined {
  let database: Database | undefined;
  try {
    database = openToRead(file);
    return formatProblem(database) ?? damage(database);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "SQLITE_NOTADB") return "is no database: it is another file, or its beginning is destroyed";
    if (code?.startsWith("SQLITE_CORRUPT")) return `is damaged (${message})`;
    throw error;
  } finally {
    database?.close();
  }
}

function formatProblem(database: Database): string | undefined {
  const version = Number(database.first("PRAGMA user_version")?.user_version ?? 0);
  if (version > latestFormat) {
    return `was written by a newer version of fairlead (its format is ${version}, this one knows up to ${latestFormat})`;
  }
  const tables = database.all("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name);
  return ours.every((name) => tables.includes(name)) ? undefined : "is the database of another program";
}

function damage(database: Database): string | undefined {
  const found = database.first("PRAGMA quick_check(1)")?.quick_check;
  return found === "ok" ? undefined : `is damaged (${String(found).replace(/^\*\*\* .*\n/, "")})`;
}
