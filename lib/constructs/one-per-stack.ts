import type { TerraformStack } from "cdktf";
import { symbolOf } from "./brand";

/**
 * What a stack has one of: made where it is first asked for, and held by the stack itself, so that of several copies of
 * this package in an app the first one to come makes it for all.
 */
export function onePerStack<T>(stack: TerraformStack, kind: string, make: () => T): T {
  const symbol = symbolOf(kind);
  if (!(symbol in stack)) Object.defineProperty(stack, symbol, { value: make() });
  return Reflect.get(stack, symbol) as T;
}
