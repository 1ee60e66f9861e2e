import { setTimeout as sleep } from "node:timers/promises";
import { PlatformError } from "../contract";
import { isAnswer } from "./cloud";

/** Pauses before each look for what a request may have made, in milliseconds: the service may be at it still. */
const pausesMs = [0, 500, 1_500, 4_000];

/** Whether what was sent may be done all the same: no answer came, or a proxy gave one in place of the service. */
export const isLostReply = (error: unknown): boolean =>
  (error instanceof PlatformError && error.code === "unreachable") || isAnswer(error, 502, 503, 504);

/** Looks a few times for what a request has made whose reply was lost; once when nobody waits for it any more. */
export async function lookFor<T>(
  look: () => Promise<T | undefined>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  for (const pause of pausesMs) {
    await sleep(pause, undefined, signal ? { signal } : {}).catch(() => {});
    const found = await look();
    if (found !== undefined || signal?.aborted) return found;
  }
  return undefined;
}
