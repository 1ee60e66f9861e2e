import { isDeepStrictEqual } from "node:util";
import type * as z from "zod";
import { type Collection, type Page, PageQuery } from "./collection";
import { parse } from "./validation";

/** Whether an entity is one that a list shows whose filter has a value. */
type Conditions<E> = Readonly<Record<string, (entity: E, value: never) => boolean>>;

/** The filters that do not just name a field's value. */
const ofEveryCollection: Conditions<{ labels: Readonly<Record<string, string>> } & Partial<Span>> = {
  labels: ({ labels }, selector: string) => matchesLabels(labels, selector),
  externalPort: ({ externalPort = 0, portCount = 1 }, port: number) =>
    externalPort <= port && port < externalPort + portCount,
};

interface Span {
  readonly externalPort: number;
  readonly portCount: number;
}

/**
 * One page of entities that are all at hand, oldest first, filtered as the collection says: for platforms that sit on
 * an API which knows none of that. A platform with many thousands of entities has its store do it.
 * @param madeBy whether an idempotency key has made an entity
 */
export function pageOf<E extends { readonly id: string; readonly createdAt: string }>(
  { filter }: Pick<Collection, "filter">,
  entities: readonly E[],
  query: object | undefined,
  madeBy: (entity: E, idempotencyKey: string) => boolean,
): Page<E> {
  const { limit, cursor, ...filters } = parse(filter.extend(PageQuery.shape), query ?? {}) as z.output<
    typeof PageQuery
  >;
  const conditions: Conditions<E> = { ...(ofEveryCollection as object), idempotencyKey: madeBy };
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  const found = entities.filter((entity) =>
    given.every(([field, value]) =>
      field in conditions
        ? conditions[field]!(entity, value as never)
        : isDeepStrictEqual(entity[field as keyof E], value),
    ),
  );
  return pageBy(byAge, found, { limit, cursor });
}

/**
 * One page of a list that is at hand and filtered.
 * @param keyOf what the list is ordered by, another one for each item
 */
export function pageBy<E>(
  keyOf: (item: E) => string,
  items: readonly E[],
  query: object | undefined,
): Page<E> {
  const { limit, cursor } = parse(PageQuery, query ?? {});
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => cursor === undefined || key > cursor)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const shown = rest.slice(0, limit);
  return {
    items: shown.map(({ item }) => item),
    nextCursor: rest.length > limit ? shown.at(-1)!.key : null,
  };
}

/** Orders entities by age; of the same moment, by id. */
export const byAge = ({ createdAt, id }: { readonly createdAt: string; readonly id: string }): string =>
  `${createdAt} ${id}`;

/** Whether labels have each pair of a selector such as `env=prod,tier=web`; without one, any do. */
export function matchesLabels(
  labels: Readonly<Record<string, string>>,
  selector: string | undefined,
): boolean {
  if (selector === undefined) return true;
  return selector.split(",").every((term) => {
    const [key = "", value] = term.split("=");
    return Object.hasOwn(labels, key) && labels[key] === value;
  });
}

/** One page of a catalogue that is at hand: images or flavors, in the order of their names. */
export function pageOfNames<E extends { readonly name: string }>(
  entries: readonly E[],
  query: object | undefined,
): Page<E> {
  return pageBy(({ name }) => name, entries, query);
}
