import { createHash } from "node:crypto";
import { canonical, IdempotencyKey, PlatformError, parse } from "../contract";
import type { Database } from "./database";

const keptForMs = 24 * 60 * 60 * 1000;

/** Keys of that time, and older ones, are forgotten. */
export const oldestKey = (now: number): string => new Date(now - keptForMs).toISOString();

/** A create and who asks for it. */
export interface KeyedRequest {
  /** As it was given; without one, every create makes something new. */
  readonly key: string | undefined;
  /** The project that the key belongs to; empty for what belongs to none. The same key elsewhere is another one. */
  readonly scope: string;
  /** What is asked for, to tell it from another request. */
  readonly request: unknown;
}

/** Makes creates repeatable: remembers which key of a project made which entity, for 24 hours. */
export class IdempotencyKeys {
  private readonly underway = new Map<string, { request: string; result: Promise<unknown> }>();

  /** @param now the time, in milliseconds since 1970 */
  constructor(
    private readonly database: Database,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Runs `create` once for a key. `claim` is called in the transaction that writes the entity's row, so
   * that row and key are there together or not at all; `find` gives the entity that the key made before, usable.
   * @throws PlatformError `idempotency_key_reused` when the key stands for another request or its entity is gone.
   */
  async once<E>(
    { key, scope, request }: KeyedRequest,
    find: (id: string) => Promise<E | undefined>,
    create: (claim: (id: string) => void) => Promise<E>,
  ): Promise<E> {
    if (key === undefined) return create(() => {});
    parse(IdempotencyKey, key);
    const digest = createHash("sha256").update(canonical(request)).digest("hex");
    const own = JSON.stringify([scope, key]);
    const running = this.underway.get(own);
    if (running) {
      if (running.request !== digest) throw reused(key);
      return running.result as Promise<E>;
    }
    const known = this.database.first(
      "SELECT request, entityId FROM idempotencyKeys WHERE scope = ? AND key = ? AND createdAt > ?",
      ...[scope, key, oldestKey(this.now())],
    );
    if (known) {
      if (known.request !== digest) throw reused(key);
      const entity = await find(String(known.entityId));
      if (!entity) throw reused(key, `, which made ${known.entityId}; that is gone`);
      return entity;
    }
    const result = create((id) => this.claim(scope, key, digest, id));
    this.underway.set(own, { request: digest, result });
    try {
      return await result;
    } finally {
      this.underway.delete(own);
    }
  }

  /** Forgets the key of an entity whose create was undone, so that the next try is a new one. */
  release(entityId: string): void {
    this.database.run("DELETE FROM idempotencyKeys WHERE entityId = ?", entityId);
  }

  /** Drops keys whose time is over; nobody asks for them any more. */
  prune(): void {
    this.database.transaction(() =>
      this.database.run("DELETE FROM idempotencyKeys WHERE createdAt <= ?", oldestKey(this.now())),
    );
  }

  private claim(scope: string, key: string, digest: string, id: string): void {
    // The key itself may be there, of a time that is over.
    this.database.run(
      "INSERT OR REPLACE INTO idempotencyKeys (scope, key, request, entityId, createdAt) VALUES (?, ?, ?, ?, ?)",
      ...[scope, key, digest, id, new Date(this.now()).toISOString()],
    );
  }
}

function reused(key: string, what = " for another request"): PlatformError {
  return new PlatformError("idempotency_key_reused", `The idempotency key ${key} was used before${what}.`);
}
