/** What a matcher needs of the test runner; jest and Vitest give it. */
export interface MatcherContext {
  /** Whether the assertion has `.not`. */
  readonly isNot?: boolean;
  /** Deep equality that knows `expect.stringContaining` and its like. */
  equals(one: unknown, other: unknown): boolean;
}

/** What a matcher says to the test runner, which turns it around for `.not`. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}
