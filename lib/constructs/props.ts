import { type IResolvable, Token, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";
import type * as z from "zod";
import type { Collection, collections } from "../contract";
import { ConstructError } from "./construct-error";
import { loadContract } from "./lazy-contract";

/** A collection that things are made in. */
type CollectionName = {
  [K in keyof typeof collections]: (typeof collections)[K] extends Collection ? K : never;
}[keyof typeof collections];

type CreateInput<C extends CollectionName> = z.input<(typeof collections)[C]["create"]>;

/** Every field but the mark of the stack, which is the provider's to put on all that it makes. */
type Field<C extends CollectionName> = Exclude<keyof CreateInput<C>, "ownershipId">;

/**
 * Every field of what a collection takes on create, each answered for: its value, or undefined where the
 * platform decides. A field that is new in the contract does not compile until its construct has it.
 */
export type Answers<C extends CollectionName> = {
  readonly [K in Field<C>]: CreateInput<C>[K] | IResolvable | undefined;
};

/** What to do about a wrong value, for every field. */
export type Fixes<C extends CollectionName> = { readonly [K in Field<C>]: string };

/**
 * Checks what a construct is about to send against the contract.
 * @throws ConstructError that lists every problem.
 */
export function checkProps<C extends CollectionName>(
  construct: IConstruct,
  collection: C,
  input: Answers<C>,
  fixes: Fixes<C>,
): void {
  checkFields(construct, loadContract().collections[collection].create, input, fixes);
}

/**
 * Checks fields against a schema of the contract. Values that hold tokens are known only to Terraform, so what the
 * contract says about them does not count.
 * @throws ConstructError that lists every problem.
 */
export function checkFields<F extends string>(
  construct: IConstruct,
  schema: z.ZodType,
  input: Readonly<Record<F, unknown>>,
  fixes: Readonly<Record<F, string>>,
): void {
  const problems = loadContract()
    .problemsOf(schema, withoutResolvables(input))
    .filter(({ path }) => !holdsToken(input, path));
  if (problems.length === 0) return;
  throw new ConstructError(
    construct,
    ...problems.map(({ path, message }) => ({ problem: message, fix: fixes[path[0] as F] })),
  );
}

/** The same without tokens that are objects: what is in them is cdktf's, and leads around in circles. */
function withoutResolvables(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Tokenization.isResolvable(value)) return undefined;
  if (Array.isArray(value)) return value.map(withoutResolvables);
  const known: Record<string, unknown> = { ...value };
  for (const key in known) known[key] = withoutResolvables(known[key]);
  return known;
}

/** Whether there is a token anywhere on the way to a field; a token may be a map's key, too. */
function holdsToken(input: unknown, path: readonly (string | number)[]): boolean {
  let value = input;
  for (const step of path) {
    value = (value as Readonly<Record<string | number, unknown>> | undefined)?.[step];
    if (Token.isUnresolved(value) || Token.isUnresolved(step)) return true;
  }
  return false;
}
