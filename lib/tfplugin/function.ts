import { checkFunction } from "./schema/check-function";
import type { Unresolved } from "./schema/infer";
import type { Attribute } from "./schema/level";

type MaybePromise<T> = T | Promise<T>;

/** What a parameter takes besides plain values. */
export interface ParameterOptions {
  /** The argument may be null. Default: Terraform refuses null before the call. */
  readonly allowNull?: boolean;
  /**
   * The argument, or a part of it, may be UNKNOWN, and the result too. Default: Terraform does not call the function
   * before all is known.
   */
  readonly allowUnknown?: boolean;
}

/** A parameter that takes more than plain values. Made by `parameter(…)`. */
export interface Parameter<V = unknown, O = ParameterOptions> {
  readonly attribute: Attribute<V>;
  readonly options: O;
}

/** Parameters by name, in the order of the call. An attribute alone takes known values that are not null. */
export type Parameters = { readonly [name: string]: Attribute | Parameter };

/**
 * A parameter that may be null or unknown.
 *
 * @example
 * const parameters = { text: attribute.string(), fallback: parameter(attribute.string(), { allowNull: true }) }
 */
export function parameter<V, const O extends ParameterOptions>(
  attribute: Attribute<V>,
  options: O,
): Parameter<V, O> {
  return { attribute, options };
}

/** A parameter in full. */
export function parameterOf(given: Attribute | Parameter): Parameter {
  return "attribute" in given ? given : { attribute: given, options: {} };
}

type Nullable<O, V> = O extends { readonly allowNull: true } ? V | null : V;

type Argument<P> =
  P extends Parameter<infer V, infer O>
    ? O extends { readonly allowUnknown: true }
      ? Unresolved<Nullable<O, V>>
      : Nullable<O, V>
    : P extends Attribute<infer V, unknown>
      ? V
      : unknown;

/** Arguments by the names of their parameters. Those of `rest` are an array. */
export type Arguments<P extends Parameters, R extends Parameters> = {
  readonly [K in keyof P]: Argument<P[K]>;
} & { readonly [K in keyof R]: readonly Argument<R[K]>[] };

/** A function of a provider: `provider::demo::parse_address("10.0.0.1:22")`. */
export interface FunctionDefinition<P extends Parameters, V, R extends Parameters = Record<never, never>> {
  /** For documentation: one line. Default: none. */
  readonly summary?: string;
  /** For documentation. Default: none. */
  readonly description?: string;
  /** What to use instead. Default: not deprecated. */
  readonly deprecated?: string;
  /** In the order of the call. Options of the attributes other than `description` and `validate` mean nothing here. */
  readonly parameters: P;
  /** One parameter that takes all further arguments. Default: there may be none. */
  readonly rest?: R;
  /** The type of the result. */
  readonly returns: Attribute<V>;
  /**
   * The result, always the same for the same arguments: Terraform calls it in validate, plan and apply, and compares.
   * The provider is not configured, so there is no client. What it throws fails the expression; a `DiagnosticError`
   * whose path begins with the name of a parameter points at that argument (`["parts", 1]` at the second of `rest`).
   */
  call(parameters: Arguments<P, R>): MaybePromise<V | null>;
}

/** A function of a provider, whatever its parameters. Made by `defineFunction`. */
export interface ProviderFunction extends Omit<FunctionDefinition<Parameters, unknown, Parameters>, "call"> {
  call(parameters: { readonly [name: string]: unknown }): unknown;
}

/**
 * Declares a function. Types of arguments and result follow from the parameters.
 * Throws when Terraform would refuse the declaration.
 *
 * @example
 * const join = defineFunction({
 *   summary: "Joins the parts of a path.",
 *   parameters: { separator: attribute.string() },
 *   rest: { parts: attribute.string() },
 *   returns: attribute.string(),
 *   call: ({ separator, parts }) => parts.join(separator),
 * });
 */
export function defineFunction<
  const P extends Parameters,
  V,
  const R extends Parameters = Record<never, never>,
>(definition: FunctionDefinition<P, V, R>): ProviderFunction {
  checkFunction(definition as unknown as ProviderFunction);
  return definition as unknown as ProviderFunction;
}
