import type { Dynamic } from "../value/dynamic";
import type { Decimal } from "../value/number";
import type { Fields } from "../value/type";
import type { Unknown } from "../value/unknown";
import type { Attribute, Attributes, Block, Blocks, Nesting } from "./level";

/** Which of its lives an object is in: what may be null or unknown differs. */
type Phase = "state" | "imported" | "config" | "unresolvedConfig" | "plan" | "unresolvedPlan";

type Flat<T> = { [K in keyof T]: T[K] };

/** A value of which any part may be UNKNOWN. */
export type Unresolved<V> = unknown extends V
  ? unknown
  : V extends string | number | boolean | bigint | null | Dynamic | Decimal
    ? V | Unknown
    : V extends readonly (infer E)[]
      ? readonly Unresolved<E>[] | Unknown
      : V extends object
        ? { readonly [K in keyof V]: Unresolved<V[K]> } | Unknown
        : V | Unknown;

type Nest<N, V> = N extends "list" | "set"
  ? readonly V[]
  : N extends "map"
    ? { readonly [key: string]: V }
    : V;

type Inner<A, P extends Phase> = A extends {
  readonly nested: {
    readonly nesting: infer N extends Nesting;
    readonly attributes: infer T extends Attributes;
  };
}
  ? Nest<N, Values<T, Record<never, never>, P>>
  : A extends Attribute<infer V, unknown>
    ? V
    : unknown;

type OptionsOf<A> = A extends Attribute<unknown, infer O> ? O : never;

type InState<O, V> = O extends { readonly writeOnly: true }
  ? null
  : O extends { readonly required: true } | { readonly default: unknown } | { readonly stable: true }
    ? V
    : V | null;

type InConfig<O, V> = O extends { readonly required: true }
  ? V
  : O extends { readonly computed: true }
    ? O extends { readonly optional: true } | { readonly default: unknown }
      ? V | null
      : null
    : V | null;

type InPlan<O, V> = O extends { readonly writeOnly: true }
  ? null
  : O extends { readonly required: true } | { readonly default: unknown }
    ? V
    : O extends { readonly computed: true }
      ? V | null | Unknown
      : V | null;

type AttributeValue<A, P extends Phase> = P extends "state"
  ? InState<OptionsOf<A>, Inner<A, P>>
  : P extends "imported"
    ? OptionsOf<A> extends { readonly stable: true }
      ? Inner<A, P>
      : Inner<A, P> | null
    : P extends "config"
      ? InConfig<OptionsOf<A>, Inner<A, P>>
      : P extends "unresolvedConfig"
        ? Unresolved<InConfig<OptionsOf<A>, Inner<A, "config">>>
        : P extends "plan"
          ? InPlan<OptionsOf<A>, Inner<A, P>>
          : Unresolved<InPlan<OptionsOf<A>, Inner<A, "plan">>>;

type BlockValue<B, P extends Phase> = B extends Block & {
  readonly nesting: infer N;
  readonly attributes: infer A extends Attributes;
  readonly blocks?: infer C;
}
  ? P extends "unresolvedConfig" | "unresolvedPlan"
    ? Unresolved<Nested<N, A, C, P extends "unresolvedConfig" ? "config" : "plan">>
    : Nested<N, A, C, P>
  : unknown;

type Nested<N, A extends Attributes, C, P extends Phase> =
  | Nest<N, Values<A, C extends Blocks ? C : Record<never, never>, P>>
  | (N extends "single" ? null : never);

/** A schema that is assembled at run time has no names that TypeScript could know. */
type Values<A extends Attributes, B extends Blocks, P extends Phase> = string extends keyof A
  ? Fields
  : Flat<
      { [K in keyof A]: AttributeValue<A[K], P> } & {
        [K in keyof B as string extends K ? never : K]: BlockValue<B[K], P>;
      }
    >;

/** An object as it is in the state. Attributes that are required, have a default or are stable are never null. */
export type State<A extends Attributes, B extends Blocks = Record<never, never>> = Values<A, B, "state">;

/** A state that may come straight from an import: only stable attributes are sure to be there. */
export type ImportedState<A extends Attributes, B extends Blocks = Record<never, never>> = Values<
  A,
  B,
  "imported"
>;

/** A configuration in which everything is known, as at apply. */
export type Config<A extends Attributes, B extends Blocks = Record<never, never>> = Values<A, B, "config">;

/** A configuration as at validate and plan: anything may be UNKNOWN. */
export type UnresolvedConfig<A extends Attributes, B extends Blocks = Record<never, never>> = Values<
  A,
  B,
  "unresolvedConfig"
>;

/** A plan as at apply: what the configuration gives is known, what the provider computes is UNKNOWN. */
export type Plan<A extends Attributes, B extends Blocks = Record<never, never>> = Values<A, B, "plan">;

/** A plan as at plan: anything may be UNKNOWN. */
export type UnresolvedPlan<A extends Attributes, B extends Blocks = Record<never, never>> = Values<
  A,
  B,
  "unresolvedPlan"
>;
