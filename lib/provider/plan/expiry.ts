import type { PlanRule } from "./rule";

/** A time that is over is allowed, since the clock runs on between two plans, but nobody means to write it. */
export const warnOfExpiry: PlanRule = ({ next, diagnostics }) => {
  const { expires_at: expiry } = next;
  if (typeof expiry !== "string" || Date.parse(expiry) > Date.now()) return;
  diagnostics.warning(
    "The forward has expired",
    `expires_at is ${expiry}, which is in the past: the forward keeps its port and carries nothing. Write a later time, or remove the forward.`,
    "expires_at",
  );
};
