import { canonical } from "./canonical";
import { PlatformError } from "./errors";

/** What every changeable row has. */
export interface Versioned {
  /** Identifier, made by the platform. */
  readonly id: string;
  /** Counts its changes, from 1. */
  readonly revision: number;
}

/**
 * The row, where there is one.
 * @param field the field that named it, where it is a request's input that is wrong
 * @throws PlatformError `not_found`; with a field `invalid_argument`
 */
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

/**
 * Refuses a change that was decided on another revision; one that was decided on none passes.
 * @throws PlatformError `revision_mismatch`
 */
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
