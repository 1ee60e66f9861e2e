/** Something that cannot be what the user meant, and what to do about it. */
export interface Finding {
  readonly problem: string;
  readonly fix: string;
}
