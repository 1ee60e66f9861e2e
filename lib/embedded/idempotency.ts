import { createHash } from "node:crypto";
import { canonical, IdempotencyKey, PlatformError, parse } from "../contract";
import type { Database } from "./database";

const keptForMs = 24 * 60 * 60 * 1000;

/** Makes creates repeatable: remembers which key made which entity, for 24 hours. */
export class IdempotencyKeys {
  private readonly underway = new Map<string, { request: string; result: Promise<unknown> }>();

  constructor(private readonly database: Database) {}

  /**
   * Runs `create` once for a key. `claim` is called in the transaction that writes the entity's row, so
   * that row and key are there together or not at all; `find` gives the entity that the key made before, usable.
   * @throws PlatformError `idempotency_key_reused` when the key stands for another request or its entity is gone.
   */
  async once<E>(
    key: string | undefined,
    request: unknown,
    find: (id: string) => Promise<E | undefined>,
    create: (claim: (id: string) => void) => Promise<E>,
  ): Promise<E> {
    if (key === undefined) return create(() => {});
    parse(IdempotencyKey, key);
    const digest = createHash("sha256").update(canonical(request)).digest("hex");
    const running = this.underway.get(key);
    if (running) {
      if (running.request !== digest) throw reused(key);
      return running.result as Promise<E>;
    }
    const known = this.database.first("SELECT request, entityId FROM idempotencyKeys WHERE key = ?", key);
    if (known) {
      if (known.request !== digest) throw reused(key);
      const entity = await find(String(known.entityId));
      if (!entity) throw reused(key, `, which made ${known.entityId}; that is gone`);
      return entity;
    }
    const result = create((id) => this.claim(key, digest, id));
    this.underway.set(key, { request: digest, result });
    try {
      return await result;
    } finally {
      this.underway.delete(key);
    }
  }

  /** Forgets the key of an entity whose create was undone, so that the next try is a new one. */
  release(entityId: string): void {
    this.database.run("DELETE FROM idempotencyKeys WHERE entityId = ?", entityId);
  }

  private claim(key: string, digest: string, id: string): void {
    const now = Date.now();
    this.database.run(
      "DELETE FROM idempotencyKeys WHERE createdAt < ?",
      new Date(now - keptForMs).toISOString(),
    );
    this.database.run(
      "INSERT INTO idempotencyKeys (key, request, entityId, createdAt) VALUES (?, ?, ?, ?)",
      key,
      digest,
      id,
      new Date(now).toISOString(),
    );
  }
}

function reused(key: string, what = " for another request"): PlatformError {
  return new PlatformError("idempotency_key_reused", `The idempotency key ${key} was used before${what}.`);
}
