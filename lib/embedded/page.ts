import type { Page } from "../contract";

/**
 * A page of rows, of which one more than the limit was asked for: that one tells whether there is a next page.
 * @param cursorOf where the page behind a row begins
 */
export function pageUpTo<T>(limit: number, rows: readonly T[], cursorOf: (row: T) => string): Page<T> {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? cursorOf(items.at(-1)!) : null };
}
