import { PlatformError } from "../contract";
import { canonical } from "./canonical";
import type { Table } from "./table";

/** What every changeable row has. */
interface Versioned {
  readonly id: string;
  readonly revision: number;
}

/** @throws PlatformError `not_found` */
export function required<Row>(row: Row | undefined, noun: string, id: string, field?: string): Row {
  if (row) return row;
  const message =
    `There is no ${noun} ${id}.` +
    (field === undefined
      ? ""
      : " If a lookup gave that id, delete its entry in fairlead.context.json and synthesize again.");
  throw field === undefined
    ? new PlatformError("not_found", message)
    : new PlatformError("invalid_argument", message, { field });
}

/** @throws PlatformError `revision_mismatch` when the change was decided on another revision. */
export function guardRevision(row: Versioned, noun: string, revision: number | undefined): void {
  if (revision === undefined || revision === row.revision) return;
  throw new PlatformError(
    "revision_mismatch",
    `The ${noun} ${row.id} is at revision ${row.revision}; the change was decided on revision ${revision}.`,
    { details: { revision: row.revision } },
  );
}

/** The fields of a patch that differ from the row, with the next revision; undefined when none does. */
export function changesOf<Row extends Versioned>(
  row: Row,
  patch: Partial<Row>,
): (Partial<Row> & { revision: number }) | undefined {
  const changed = (Object.keys(patch) as (keyof Row)[]).filter(
    (field) => patch[field] !== undefined && canonical(patch[field]) !== canonical(row[field]),
  );
  if (changed.length === 0) return undefined;
  const changes = Object.fromEntries(changed.map((field) => [field, patch[field]])) as Partial<Row>;
  return { ...changes, revision: row.revision + 1 };
}

/**
 * Takes back a change that could not be carried out, field by field: what somebody else has changed in the
 * meantime stays as they left it. When another entity has taken what it would go back to, it stays as it is.
 */
export function restore<Row extends Versioned>(table: Table<Row>, before: Row, changes: Partial<Row>): void {
  const now = table.get(before.id);
  if (!now) return;
  const ours = (Object.keys(changes) as (keyof Row)[]).filter(
    (field) => field !== "revision" && canonical(now[field]) === canonical(changes[field]),
  );
  const back = Object.fromEntries(ours.map((field) => [field, before[field]])) as Partial<Row>;
  try {
    table.update(before.id, { ...back, revision: now.revision + 1 });
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith("SQLITE_CONSTRAINT")) throw error;
  }
}
