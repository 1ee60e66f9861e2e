import { PageQuery, parse, type Reader } from "../contract";

/** A read-only collection that is known from the start. */
export function catalogueReader<E extends { readonly name: string }>(entries: readonly E[]): Reader<E> {
  return {
    list: async (query) => {
      const { limit, cursor } = parse(PageQuery, query ?? {});
      const from = cursor === undefined ? 0 : entries.findIndex((entry) => entry.name === cursor) + 1;
      const items = entries.slice(from, from + limit);
      return { items, nextCursor: from + limit < entries.length ? items.at(-1)!.name : null };
    },
  };
}
