import { randomFillSync } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

let last = 0;

/** Drawn many at a time: asking for chance takes longer than all the rest of an identifier. */
const chances = Buffer.alloc(4_096);
const chanceLength = 16;
let drawn = chances.length;

/**
 * A new identifier, such as `fwd-01jd3x0c9t5v8kq2m7hn4wzr6b`: what it is of, then time and chance as in a
 * ULID. Identifiers of one process sort as they were made, so lists are in that order, as long as the clock is right:
 * of those made within one millisecond each takes the next one.
 */
export function newId(prefix: "prj" | "ins" | "fwd" | "tok"): string {
  last = Math.max(Date.now(), last + 1);
  let time = last;
  let stamp = "";
  for (let i = 0; i < 10; i++) {
    stamp = alphabet[time % 32] + stamp;
    time = Math.floor(time / 32);
  }
  return `${prefix}-${stamp}${chance()}`;
}

function chance(): string {
  if (drawn === chances.length) {
    randomFillSync(chances);
    drawn = 0;
  }
  let text = "";
  for (const end = drawn + chanceLength; drawn < end; drawn++) text += alphabet[chances[drawn]! % 32];
  return text;
}
