import { setTimeout as pause } from "node:timers/promises";
import type { Outcome } from "./outcome";
import { isAllowed, sourceTowards } from "./target";
import { type Attempt, attemptTcp } from "./tcp";
import { attemptUdp } from "./udp";

/** What is tried, and for how long. */
export interface ProbeOptions extends Omit<Attempt, "settleMs" | "source" | "allowed"> {
  /** The forward's sources; undefined where they are not known. */
  readonly allowedCidrs: readonly string[] | undefined;
}

/** How a probe ended, and how often it was tried. */
export interface ProbeResult {
  readonly outcome: Outcome;
  readonly attempts: number;
  readonly tookMs: number;
}

/** An attempt that hangs must not be the only one. */
const longestAttemptMs = 5000;
const pauseMs = 250;
/** By then a gateway has cut what an instance does not take. With little time it is half of that: one attempt fits. */
const longestSettleMs = 500;

/** Tries until something answers as expected, or the time is over; what has just been made may still start. */
export async function probe({ allowedCidrs, ...wanted }: ProbeOptions): Promise<ProbeResult> {
  const began = performance.now();
  const source = await sourceTowards(wanted.target);
  const settleMs = Math.min(longestSettleMs, wanted.timeoutMs / 2);
  const attempt: Attempt = { ...wanted, settleMs, source, allowed: isAllowed(source, allowedCidrs) };
  const once = attempt.expected.transport === "udp" ? attemptUdp : attemptTcp;
  for (let attempts = 1; ; attempts++) {
    const left = attempt.timeoutMs - (performance.now() - began);
    const outcome = await once({ ...attempt, timeoutMs: Math.max(100, Math.min(longestAttemptMs, left)) });
    const tookMs = performance.now() - began;
    if (outcome.reachable || tookMs + pauseMs >= attempt.timeoutMs) return { outcome, attempts, tookMs };
    await pause(pauseMs);
  }
}
