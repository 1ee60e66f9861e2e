import { setTimeout as pause } from "node:timers/promises";

/** Waits until `probe` gives something; fails after `limitMs`. */
export async function eventually<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 10_000,
): Promise<T> {
  for (const deadline = Date.now() + limitMs; ; await pause(20)) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${probe}`);
  }
}
