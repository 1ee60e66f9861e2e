import { matchesLabels as matchesSelector, type Page, PageQuery, parse } from "../contract";

/**
 * A part of a list that is there as a whole: OpenStack's own pages are filtered too little, and too often wrong.
 * @param keyOf what the list is ordered by, another one for each item
 */
export function pageOf<E>(items: readonly E[], query: object, keyOf: (item: E) => string): Page<E> {
  const { limit, cursor } = parse(PageQuery, query);
  const ordered = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => cursor === undefined || key > cursor)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = ordered.slice(0, limit);
  return {
    items: shown.map(({ item }) => item),
    nextCursor: ordered.length > limit ? shown.at(-1)!.key : null,
  };
}

/** Orders entities by age; of the same moment, by id. */
export const byAge = ({ createdAt, id }: { readonly createdAt: string; readonly id: string }): string =>
  `${createdAt} ${id}`;

/** Whether labels have each pair of a selector, if there is one. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  selector: string | undefined,
): boolean {
  return selector === undefined || matchesSelector(labels, selector);
}
