import { randomBytes } from "node:crypto";

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new identifier, such as `fwd-01jd3x0c9t5v8kq2m7hn4wzr6b`: what it is of, then time and chance as in a
 * ULID. Identifiers sort by
 * creation to the millisecond, so lists are in the order in which things were made, as long as the clock is right.
 */
export function newId(prefix: "prj" | "ins" | "fwd", now = Date.now()): string {
  let time = now;
  let stamp = "";
  for (let i = 0; i < 10; i++) {
    stamp = alphabet[time % 32] + stamp;
    time = Math.floor(time / 32);
  }
  const chance = Array.from(randomBytes(16), (byte) => alphabet[byte % 32]).join("");
  return `${prefix}-${stamp}${chance}`;
}
