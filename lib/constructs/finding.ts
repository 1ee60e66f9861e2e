/** Something that cannot be what the user meant, and what to do about it. */
export interface Finding {
  /** What was given, and what is allowed. */
  readonly problem: string;
  /** What to do, in a sentence. */
  readonly fix: string;
}
