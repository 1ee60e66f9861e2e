import type { PlanRule } from "./rule";

/** Nothing that a plan can say opens a forward that the platform's administrator has closed. */
export const warnOfBlock: PlanRule = ({ prior, diagnostics }) => {
  if (prior?.status !== "blocked") return;
  diagnostics.warning(
    "The forward is blocked",
    `${prior.status_reason} It carries nothing, whatever is applied, until the administrator lifts the block. Removing the forward, or another one to the same port of the instance, does not lift it.`,
  );
};
