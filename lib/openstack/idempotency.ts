import { canonical, IdempotencyKey, PlatformError, parse } from "../contract";
import { digestOf } from "./marks";

/** An idempotency key as it is kept with what it made: digests, because there is little room. */
export interface KeyMark {
  readonly key: string;
  readonly request: string;
}

/** What a key has made before, and the request that it stood for. */
export interface MadeBefore<E> {
  readonly request: string | undefined;
  readonly entity: E;
}

/**
 * Makes creates repeatable without a database: what a key has made bears its digest, and is found by it also after a
 * crash or a lost reply. That a key's object was deleted is known only to the process that has deleted it.
 */
export class IdempotencyKeys {
  private readonly underway = new Map<string, { request: string; result: Promise<unknown> }>();
  private readonly made = new Map<string, { request: string; id: string }>();

  /**
   * Runs `create` once for a key; `find` looks for what the key has made already, usable.
   * @throws PlatformError `idempotency_key_reused` when the key stands for another request or its object is gone
   */
  async once<E extends { readonly id: string }>(
    key: string | undefined,
    request: unknown,
    find: (mark: KeyMark) => Promise<MadeBefore<E> | undefined>,
    create: (mark: KeyMark | undefined) => Promise<E>,
  ): Promise<E> {
    if (key === undefined) return create(undefined);
    parse(IdempotencyKey, key);
    const mark = { key: keyDigest(key), request: digestOf(canonical(request), 8) };
    const running = this.underway.get(key);
    if (running) {
      if (running.request !== mark.request) throw reused(key);
      return running.result as Promise<E>;
    }
    const result = this.findOrCreate(key, mark, find, create);
    this.underway.set(key, { request: mark.request, result });
    try {
      return await result;
    } finally {
      this.underway.delete(key);
    }
  }

  private async findOrCreate<E extends { readonly id: string }>(
    key: string,
    mark: KeyMark,
    find: (mark: KeyMark) => Promise<MadeBefore<E> | undefined>,
    create: (mark: KeyMark) => Promise<E>,
  ): Promise<E> {
    const known = this.made.get(key);
    if (known && known.request !== mark.request) throw reused(key);
    const before = await find(mark);
    if (before && before.request !== mark.request) throw reused(key);
    if (known && !before) throw reused(key, `, which made ${known.id}; that is gone`);
    const entity = before?.entity ?? (await create(mark));
    this.made.set(key, { request: mark.request, id: entity.id });
    return entity;
  }
}

/** A key as it stands in marks. */
export const keyDigest = (key: string): string => digestOf(key, 16);

function reused(key: string, what = " for another request"): PlatformError {
  return new PlatformError("idempotency_key_reused", `The idempotency key ${key} was used before${what}.`);
}
