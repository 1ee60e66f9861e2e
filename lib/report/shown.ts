/** Stands for a value that nobody knows before Terraform has applied. */
export const later: unique symbol = Symbol("known after apply");

/** Stands for a value that is not to be seen. */
export const hidden: unique symbol = Symbol("sensitive");

/** A value, or why there is none to show. */
export type Shown<T> = T | typeof later | typeof hidden;

/** Whether there is a value. */
export function isKnown<T>(value: Shown<T>): value is T {
  return value !== later && value !== hidden;
}

/** A value for people to read. */
export function shownText(value: Shown<unknown>): string {
  if (value === later) return "(known after apply)";
  if (value === hidden) return "(sensitive)";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(shownText).join(", ");
  if (value === null || value === undefined || value === "") return "none";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
