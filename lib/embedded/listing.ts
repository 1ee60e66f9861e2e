import type * as z from "zod";
import { type Collection, type Page, PageQuery, parse } from "../contract";
import type { Table } from "./table";

/** One page of a table, filtered by the collection's filter, as entities. */
export function listPage<Row extends { id: string }, E>(
  collection: Pick<Collection, "filter">,
  table: Table<Row>,
  query: object | undefined,
  toEntity: (row: Row) => E,
): Page<E> {
  const { limit, cursor, labels, ...where } = parse(
    collection.filter.extend(PageQuery.shape),
    query ?? {},
  ) as z.output<typeof PageQuery> & { labels?: string };
  // One more than asked for tells whether there is a next page.
  const rows = table.select({
    where: where as object as Partial<Row>,
    labels,
    after: cursor,
    limit: limit + 1,
  });
  const items = rows.slice(0, limit);
  return { items: items.map(toEntity), nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}
