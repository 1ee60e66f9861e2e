import { PlatformError } from "./errors";

/**
 * Refuses to delete what is protected.
 * @throws PlatformError `deletion_protected`
 */
export function guardUnprotected(
  row: { readonly id: string; readonly deletionProtection: boolean },
  /** What people call it: `port forward 203.0.113.5:20170/tcp`. */
  called: string,
): void {
  if (!row.deletionProtection) return;
  throw new PlatformError(
    "deletion_protected",
    `The ${called} (${row.id}) is protected against deletion: its deletionProtection is true.`,
    { field: "/deletionProtection", details: { id: row.id } },
  );
}
