/**
 * Data that Terraform keeps beside a resource's state and shows to nobody: an etag, an idempotency key.
 * Values are anything that JSON can hold. It is not encrypted; keep secrets out.
 *
 * @example
 * privateState.set("key", randomUUID());
 */
export class PrivateState {
  private readonly entries: Record<string, unknown>;
  private changed = false;

  /** @internal @param bytes what Terraform kept; bytes that this framework did not write are handed back untouched */
  constructor(private readonly bytes: Uint8Array = new Uint8Array()) {
    this.entries = parse(bytes);
  }

  /** The value of a key, or undefined. */
  get(key: string): unknown {
    return Object.hasOwn(this.entries, key) ? this.entries[key] : undefined;
  }

  /** Keeps a value. Kept also when the operation fails. */
  set(key: string, value: unknown): void {
    this.entries[key] = value;
    this.changed = true;
  }

  /** Forgets a value. */
  delete(key: string): void {
    delete this.entries[key];
    this.changed = true;
  }

  /** @internal */
  encode(): Uint8Array {
    return this.changed ? Buffer.from(JSON.stringify(this.entries)) : this.bytes;
  }
}

function parse(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 0) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
