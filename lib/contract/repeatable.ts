import { createHash } from "node:crypto";
import { canonical } from "./canonical";
import { PlatformError } from "./errors";
import { IdempotencyKey } from "./fields";
import { parse } from "./validation";

/** What is to be kept with what a create has made: its key, and a digest of its request. */
export interface KeyMark {
  /** The key as it is kept. */
  readonly key: string;
  /** Digest of the request. */
  readonly request: string;
}

/** What a key has made before, and the request that its mark says it stood for. */
export interface MadeBefore<E> {
  /** Digest of that request; undefined where nobody knows it any more. */
  readonly request: string | undefined;
  /** What was made. */
  readonly entity: E;
}

/** How marks are written: as they are, where nothing else is said. */
export interface KeyMarks {
  /** A key as it stands in a mark. @default the key */
  keyOf(key: string): string;
  /** How many characters of a request's digest are kept, at most 43. @default all */
  readonly requestLength: number;
}

const mostRemembered = 10_000;

const wholeMarks: KeyMarks = { keyOf: (key) => key, requestLength: 43 };

/**
 * Makes creates repeatable on a platform that knows no keys: what a key has made bears its mark, and is found by it
 * also after a crash or a lost reply. That a key's object was deleted is known only to the process that has made it, of
 * its last 10,000 keys.
 */
export class RepeatableCreates {
  private readonly underway = new Map<string, { request: string; result: Promise<unknown> }>();
  private readonly made = new Map<string, { request: string; id: string }>();

  /** @param marks how keys and requests are kept, where a platform has little room for them */
  constructor(private readonly marks: KeyMarks = wholeMarks) {}

  /**
   * Runs `create` once for a key; `find` looks for what bears the key already, usable.
   * @throws PlatformError `idempotency_key_reused` when the key stands for another request, or what it made is gone
   */
  async once<E extends { readonly id: string }>(
    key: string | undefined,
    request: unknown,
    find: (mark: KeyMark) => Promise<MadeBefore<E> | undefined>,
    create: (mark: KeyMark | undefined) => Promise<E>,
  ): Promise<E> {
    if (key === undefined) return create(undefined);
    parse(IdempotencyKey, key);
    const mark = { key: this.marks.keyOf(key), request: this.digestOf(request) };
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
    this.remember(key, mark, entity);
    return entity;
  }

  /** A server lives long, and each create has a key of its own. */
  private remember(key: string, { request }: KeyMark, { id }: { readonly id: string }): void {
    this.made.delete(key);
    this.made.set(key, { request, id });
    if (this.made.size > mostRemembered) this.made.delete(this.made.keys().next().value!);
  }

  private digestOf(request: unknown): string {
    const digest = createHash("sha256").update(canonical(request)).digest("base64url");
    return digest.slice(0, this.marks.requestLength);
  }
}

function reused(key: string, what = " for another request"): PlatformError {
  return new PlatformError("idempotency_key_reused", `The idempotency key ${key} was used before${what}.`);
}
