import type * as z from "zod";
import { type Collection, type Page, PageQuery, parse } from "../contract";
import { oldestKey } from "./idempotency";
import { pageUpTo } from "./page";
import type { Condition, Rows } from "./table";

/** Conditions for the filters that are not just a column with that value. */
type Conditions = Readonly<Record<string, (value: never) => Condition>>;

/** What an idempotency key has made. */
const ofEveryCollection: Conditions = {
  idempotencyKey: (key: string) => ({
    sql: "id IN (SELECT entityId FROM idempotencyKeys WHERE key = ? AND createdAt > ?)",
    values: [key, oldestKey(Date.now())],
  }),
};

/** One page of a table, filtered by the collection's filter, as entities. */
export function listPage<Row extends { id: string }, E>(
  collection: Pick<Collection, "filter">,
  table: Rows<Row>,
  query: object | undefined,
  toEntity: (row: Row) => E,
  conditionsOfItsOwn: Conditions = {},
  /** What rows are to be equal in, whatever is asked for. */
  only: Partial<Row> = {},
): Page<E> {
  const conditions = { ...ofEveryCollection, ...conditionsOfItsOwn };
  const { limit, cursor, labels, ...filters } = parse(
    collection.filter.extend(PageQuery.shape),
    query ?? {},
  ) as z.output<typeof PageQuery> & { labels?: string };
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const where = given.filter(([field]) => !(field in conditions));
  const also = given
    .filter(([field]) => field in conditions)
    .map(([field, value]) => conditions[field]!(value as never));
  const rows = table.select({
    where: { ...(Object.fromEntries(where) as Partial<Row>), ...only },
    labels,
    also,
    after: cursor,
    limit: limit + 1,
  });
  const { items, nextCursor } = pageUpTo(limit, rows, ({ id }) => id);
  return { items: items.map(toEntity), nextCursor };
}
