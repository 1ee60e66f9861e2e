import { type Fields, isFields } from "./value/type";

/** Where the values of an object that is replaced travel to its `delete`, beside those of the new object. */
const REPLACED = "$replaced";

/**
 * Data that Terraform keeps beside a resource's state and shows to nobody: an etag, an idempotency key.
 * Values are anything that JSON can hold. It is not encrypted; keep secrets out.
 *
 * A new object begins with an empty private state, also where it replaces another one: the key that made the old object
 * must not find it again. The old object's values go to its `delete`.
 *
 * Terraform plans a create or an update once, and again during apply. What a plan keeps survives so:
 *
 * | from | to | Terraform 1.16 and newer | before, and OpenTofu |
 * | --- | --- | --- | --- |
 * | `modifyPlan` | `modifyPlan` during apply, also of a saved plan | yes | no: it sees the state's values again |
 * | `modifyPlan` during apply | `create`, `update` | yes | yes |
 * | `planDelete` | `delete`, also of a saved plan | yes | yes |
 * | `create`, `update`, `read`, `import` | everything later | yes | yes |
 * | `create` that failed half-way (tainted) | `delete` of the replacement | no | no |
 *
 * So make a value at plan only where there is none, and expect another one at apply on an old Terraform.
 *
 * @example
 * const note = defineResource({
 *   attributes: { id: attribute.string({ computed: true }) },
 *   modifyPlan({ action, privateState }) {
 *     if (action === "create" && !privateState.get("key")) privateState.set("key", randomUUID());
 *   },
 *   create: ({ privateState }) => ({ id: String(privateState.get("key")) }),
 * });
 */
export class PrivateState {
  private entries: Record<string, unknown>;
  private changed = false;

  /** @internal @param bytes what Terraform kept; bytes that this framework did not write are handed back untouched */
  constructor(private readonly bytes: Uint8Array = new Uint8Array()) {
    this.entries = parse(bytes);
  }

  /** @internal For the plan of a new object, which may replace one with this private state. */
  static ofNewObject(replaced: Uint8Array = new Uint8Array()): PrivateState {
    const created = new PrivateState();
    const entries = parse(replaced);
    if (Object.keys(entries).length > 0) created.set(REPLACED, entries);
    return created;
  }

  /** @internal For the object that came to be as planned. */
  static ofPlannedObject(planned: Uint8Array | undefined): PrivateState {
    const state = new PrivateState(planned);
    if (Object.hasOwn(state.entries, REPLACED)) state.delete(REPLACED);
    return state;
  }

  /** @internal For the deletion of an object, which may be one half of a replacement. */
  static ofDeletion(planned: Uint8Array | undefined): PrivateState {
    const state = new PrivateState(planned);
    const replaced = state.get(REPLACED);
    if (isFields(replaced)) state.entries = { ...replaced };
    return state;
  }

  /** The value of a key, or undefined. */
  get(key: string): unknown {
    return Object.hasOwn(this.entries, key) ? this.entries[key] : undefined;
  }

  /** A value of the object that is going to be replaced by this one; undefined where there is none. */
  getReplaced(key: string): unknown {
    const replaced = this.entries[REPLACED];
    return isFields(replaced) ? replaced[key] : undefined;
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
    return isFields(value) ? { ...(value as Fields) } : {};
  } catch {
    return {};
  }
}
