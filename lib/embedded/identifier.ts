import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

let last = 0;

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
  const chance = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join("");
  return `${prefix}-${stamp}${chance}`;
}
