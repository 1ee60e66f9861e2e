import { type Caller, canonical } from "../contract";
import type { AuditedTable } from "./audited-table";

/**
 * Takes back a change that could not be carried out, field by field: what somebody else has changed in the
 * meantime stays as they left it. When another entity has taken what it would go back to, it stays as it is.
 */
export function restore<Row extends { readonly id: string; readonly revision: number }>(
  table: AuditedTable<Row>,
  before: Row,
  changes: Partial<Row>,
  by: Caller,
): void {
  const now = table.get(before.id);
  if (!now) return;
  const ours = (Object.keys(changes) as (keyof Row)[]).filter(
    (field) => field !== "revision" && canonical(now[field]) === canonical(changes[field]),
  );
  const back = Object.fromEntries(ours.map((field) => [field, before[field]])) as Partial<Row>;
  try {
    table.update(before.id, { ...back, revision: now.revision + 1 }, by, {
      note: "taken back: it could not be carried out",
    });
  } catch (error) {
    if (!(error as { code?: string }).code?.startsWith("SQLITE_CONSTRAINT")) throw error;
  }
}
