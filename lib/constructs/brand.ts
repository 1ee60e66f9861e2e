/**
 * The kind of a construct, as a property on its class that other copies of this package read too: two
 * copies in one app have two classes, so `instanceof` would fail.
 */
export const symbolOf = (kind: string) => Symbol.for(`fairlead/${kind}`);

/** Marks a class, once, when it is defined. */
export function brand(type: { readonly prototype: object }, kind: string): void {
  Object.defineProperty(type.prototype, symbolOf(kind), { value: true });
}

/** Whether a value is of a class that was marked so. */
export function hasBrand(value: unknown, kind: string): boolean {
  return typeof value === "object" && value !== null && symbolOf(kind) in value;
}
