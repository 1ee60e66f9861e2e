/**
 * A value that is not known yet: "(known after apply)".
 * Terraform may attach refinements (not null, a prefix, a range). They are kept as they came and sent back.
 */
export class Unknown {
  /** @param refinements the msgpack map of refinements, untouched */
  constructor(readonly refinements?: Uint8Array) {}

  toString(): string {
    return "(known after apply)";
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The unknown value without refinements. Test with `isUnknown`, never with `===`. */
export const UNKNOWN: Unknown = new Unknown();

/**
 * Whether a value is unknown as a whole. An object may still hold unknown attributes: see `hasUnknown`.
 *
 * @example
 * if (isUnknown(config.endpoint)) return diagnostics.warning("The endpoint is not known yet");
 */
export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

/** Whether a value is unknown or contains an unknown value at any depth. */
export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasUnknown);
}
