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
  const found = entities
    .filter((entity) =>
      given.every(([field, value]) =>
        field in conditions
          ? conditions[field]!(entity, value as never)
          : isDeepStrictEqual(entity[field as keyof E], value),
      ),
    )
    .map((entity) => ({ entity, place: `${entity.createdAt} ${entity.id}` }))
    .filter(({ place }) => cursor === undefined || place > cursor)
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  const items = found.slice(0, limit);
  return {
    items: items.map(({ entity }) => entity),
    nextCursor: found.length > limit ? items.at(-1)!.place : null,
  };
}

/** Whether labels have each pair of a selector such as `env=prod,tier=web`. */
export function matchesLabels(labels: Readonly<Record<string, string>>, selector: string): boolean {
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
  const { limit, cursor } = parse(PageQuery, query ?? {});
  const rest = entries
    .filter(({ name }) => cursor === undefined || name > cursor)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const items = rest.slice(0, limit);
  return { items, nextCursor: rest.length > limit ? items.at(-1)!.name : null };
}
