import type { Diagnostics } from "../diagnostics";

/** Lets a function of a narrower parameter stand in a list of wider ones, as methods do. */
type Bivariant<F extends (...parameters: never[]) => unknown> = {
  call(...parameters: Parameters<F>): ReturnType<F>;
}["call"];

/** What a validator sees besides the value. */
export interface ValidatorContext {
  /** The path of the value, for messages of its own. */
  readonly path: readonly (string | number)[];
  /** For warnings, or for several errors. */
  readonly diagnostics: Diagnostics;
}

/**
 * Checks one known, non-null value. Returns what is wrong (given, allowed, next step), or undefined if it is fine.
 *
 * @example
 * const even: Validator<number> = (value) => (value % 2 ? `${value} is odd; use an even number.` : undefined);
 */
export type Validator<V = unknown> = Bivariant<(value: V, context: ValidatorContext) => string | undefined>;

/** Decides whether a change of an attribute needs a new object. Asked only when the value differs or is unknown. */
export type ReplaceDecision<V = unknown> = Bivariant<
  (change: { readonly prior: V | null; readonly planned: unknown }) => boolean
>;

/** What a schema says about an attribute besides its type. */
export interface AttributeOptions<V = unknown> {
  /** For documentation. Default: none. */
  readonly description?: string;
  /** The user must set it. */
  readonly required?: boolean;
  /** The user may set it. */
  readonly optional?: boolean;
  /** The provider sets it, where the user does not. */
  readonly computed?: boolean;
  /** Terraform hides it in its output. It is in the state all the same. */
  readonly sensitive?: boolean;
  /** Never in plan or state: always null there. Read it from `config`. Needs Terraform 1.11. */
  readonly writeOnly?: boolean;
  /** A text tells the user what to use instead; it is shown when the attribute is set. */
  readonly deprecated?: boolean | string;
  /** The value when the configuration has none, known at plan. Makes the attribute optional and computed. */
  readonly default?: V;
  /** The platform never changes it: an update keeps it known. A new object gets a new one. */
  readonly stable?: boolean;
  /** A change needs a new object. */
  readonly replace?: boolean | ReplaceDecision<V>;
  /** Checks, run on every known value before planning. */
  readonly validate?: readonly Validator<V>[];
}
