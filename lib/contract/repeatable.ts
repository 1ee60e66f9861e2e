import { createHash } from "node:crypto";
import { canonical } from "./canonical";
import { PlatformError } from "./errors";
import { IdempotencyKey } from "./fields";
import { parse } from "./validation";

/** What is to be kept with what a create has made: its key, and a digest of its request. */
export interface KeyMark {
  readonly key: string;
  readonly request: string;
}

/**
 * Makes creates repeatable on a platform that knows no keys: what a key has made bears its mark, and is found by it
 * also after a crash or a lost reply. What was deleted is remembered no longer than its mark.
 */
export class RepeatableCreates {
  private readonly underway = new Map<string, { request: string; result: Promise<unknown> }>();

  /**
   * Runs `create` once for a key; `find` looks for what bears the key already, with the request that it was made by.
   * @throws PlatformError `idempotency_key_reused` when the key stands for another request
   */
  async once<E>(
    key: string | undefined,
    request: unknown,
    find: (key: string) => Promise<{ readonly request: string | undefined; readonly entity: E } | undefined>,
    create: (mark: KeyMark | undefined) => Promise<E>,
  ): Promise<E> {
    if (key === undefined) return create(undefined);
    parse(IdempotencyKey, key);
    const digest = createHash("sha256").update(canonical(request)).digest("base64url");
    const known = this.underway.get(key);
    if (known) return known.request === digest ? (known.result as Promise<E>) : reused(key);
    const result = find(key).then((made) => {
      if (!made) return create({ key, request: digest });
      return made.request === digest ? made.entity : reused(key);
    });
    this.underway.set(key, { request: digest, result });
    try {
      return await result;
    } finally {
      this.underway.delete(key);
    }
  }
}

function reused(key: string): never {
  throw new PlatformError(
    "idempotency_key_reused",
    `The idempotency key ${key} was used before for another request.`,
  );
}
