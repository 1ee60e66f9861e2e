/** One thing that is wrong with a value: where, what was given and what is allowed, in one sentence. */
export interface Problem {
  /** Steps to the value from the top; none where it is the whole. */
  readonly path: readonly (string | number)[];
  /** What was given, and what is allowed. */
  readonly message: string;
}
