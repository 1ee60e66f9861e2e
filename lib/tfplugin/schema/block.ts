import type { Attributes, Block, Blocks, Nesting } from "./level";

/** What a block holds. */
export interface BlockOptions<A extends Attributes, B extends Blocks> {
  readonly attributes: A;
  /** Blocks inside of the block. Default: none. */
  readonly blocks?: B;
  /** For documentation. Default: none. */
  readonly description?: string;
  /** Default: false. */
  readonly deprecated?: boolean;
  /** Fewest blocks of a list or set. Default: 0. */
  readonly minItems?: number;
  /** Most blocks of a list or set. Default: no limit. */
  readonly maxItems?: number;
}

/** A block whose nesting and content are known to TypeScript. */
export interface TypedBlock<N extends Nesting, A extends Attributes, B extends Blocks> extends Block {
  readonly nesting: N;
  readonly attributes: A;
  readonly blocks?: B;
}

const builder =
  <N extends Nesting>(nesting: N) =>
  <A extends Attributes, B extends Blocks = Record<never, never>>(
    options: BlockOptions<A, B>,
  ): TypedBlock<N, A, B> => ({ ...options, nesting });

/**
 * Builders of nested blocks (`rule { … }`). For new schemas prefer `attribute.nested`; blocks exist for
 * `timeouts { … }` and for what users know from other providers.
 * Lists, sets and maps of blocks are never null, only empty.
 *
 * @example
 * const blocks = { rule: block.list({ attributes: { port: attribute.number({ required: true }) }, maxItems: 10 }) };
 */
export const block = {
  /** At most one; null without. */
  single: builder("single"),
  /** Exactly one, with null attributes where the user wrote none. */
  group: builder("group"),
  /** Any number, in order. */
  list: builder("list"),
  /** Any number, without order. */
  set: builder("set"),
  /** Any number, each with a label. */
  map: builder("map"),
} as const;
