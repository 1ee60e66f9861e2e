import * as z from "zod";
import type { Caller } from "./caller";
import type { CapabilityName } from "./capability";

/** A collection that can only be read: what the platform offers. */
export interface Catalogue<E extends z.ZodObject = z.ZodObject> {
  /** Its segment in URLs. */
  readonly path: string;
  /** One of its members in messages: "port forward". */
  readonly noun: string;
  /** What a member is, as it is read. */
  readonly entity: E;
}

/** A collection that is made and changed: what may be sent on create, what may change, what lists filter by. */
export interface Collection<
  E extends z.ZodObject = z.ZodObject,
  N extends z.ZodObject = z.ZodObject,
  P extends z.ZodObject = z.ZodObject,
  F extends z.ZodObject = z.ZodObject,
> extends Catalogue<E> {
  /** What a create takes. */
  readonly create: N;
  /** What an update may change. */
  readonly patch: P;
  /** What a list may be filtered by. */
  readonly filter: F;
  /** What the platform has to be capable of to make, change and delete members; undefined: every platform can. */
  readonly management?: CapabilityName;
  /** What the platform has to be capable of where a field is set. */
  readonly needs: { readonly [K in keyof z.output<N>]?: CapabilityName };
}

/** Declares a collection; keeps the exact types of its schemas. */
export const collection = <
  E extends z.ZodObject,
  N extends z.ZodObject,
  P extends z.ZodObject,
  F extends z.ZodObject,
>(
  declaration: Collection<E, N, P, F>,
): Collection<E, N, P, F> => declaration;

/** Declares a read-only collection. */
export const catalogue = <E extends z.ZodObject>(declaration: Catalogue<E>): Catalogue<E> => declaration;

/** The largest page that a list gives. */
export const maxPageSize = 1000;

const pageSize = `a page has 1 to ${maxPageSize} items`;

/** Which part of a list: `limit` items (1 to 1000, default 100) behind `cursor`. */
export const PageQuery = z.strictObject({
  limit: z.coerce
    .number({ error: pageSize })
    .int({ error: pageSize })
    .min(1, { error: pageSize })
    .max(maxPageSize, { error: pageSize })
    .default(100),
  cursor: z.string().min(1).max(255).optional(),
});

/** A part of a list; `nextCursor` is null on the last page. */
export interface Page<E> {
  /** At most as many as the limit. */
  readonly items: readonly E[];
  /** Where the next page begins; null on the last one. */
  readonly nextCursor: string | null;
}

/** What every call takes. */
export interface CallOptions {
  /**
   * Ends the call, and every wait in it, at once. A change that may be under way on the platform is waited for:
   * who cancels still learns what was made.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * On whose behalf a server makes the call; a client is whoever its token says.
   * @default the platform's administrator
   */
  readonly caller?: Caller | undefined;
}

/** What a create takes beyond its input. */
export interface CreateOptions extends CallOptions {
  /**
   * Makes the create repeatable: the same key and input give the same entity, the same key with another
   * input is an error. 1 to 255 characters; without one, every create makes a new entity.
   */
  readonly idempotencyKey?: string | undefined;
}

/** What an update or delete takes beyond its input. */
export interface ChangeOptions extends CallOptions {
  /** The revision that the change was decided on; another one on the platform is an error. */
  readonly revision?: number | undefined;
}

/** A read-only collection of a platform. */
export interface Reader<E> {
  /** A page of 1 to 1000 members, 100 where nothing is said. */
  list(query?: { limit?: number; cursor?: string }, options?: CallOptions): Promise<Page<E>>;
}

/** A collection of a platform. Every method validates its input and rejects with a PlatformError. */
export interface Repository<E, N, P, F> {
  /** A page of 1 to 1000 members, 100 where nothing is said, of those that fit the filter. */
  list(query?: F & { limit?: number; cursor?: string }, options?: CallOptions): Promise<Page<E>>;
  /** The entity with an id; `not_found` where there is none. */
  get(id: string, options?: CallOptions): Promise<E>;
  /** Resolves when the entity is usable. */
  create(input: N, options?: CreateOptions): Promise<E>;
  /** Changes the named fields in place, all or none. */
  update(id: string, patch: P, options?: ChangeOptions): Promise<E>;
  /** Resolves when it is gone; `not_found` where it already is. */
  delete(id: string, options?: ChangeOptions): Promise<void>;
}

/** The repository that a platform has for a collection. */
export type RepositoryOf<C> =
  C extends Collection<infer E, infer N, infer P, infer F>
    ? Repository<z.output<E>, z.input<N>, z.input<P>, z.input<F>>
    : C extends Catalogue<infer E>
      ? Reader<z.output<E>>
      : never;

/** Every entity of a list, page after page, with as few calls as the page size allows. */
export async function listAll<E, Q extends object>(
  repository: {
    list(query?: Q & { limit?: number; cursor?: string }, options?: CallOptions): Promise<Page<E>>;
  },
  query: Q = {} as Q,
  options: CallOptions = {},
): Promise<E[]> {
  const all: E[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await repository.list(
      { ...query, limit: maxPageSize, ...(cursor ? { cursor } : {}) },
      options,
    );
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return all;
}
