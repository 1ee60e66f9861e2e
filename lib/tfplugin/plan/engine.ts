import { markComputedUnknown } from "./computed";
import { planDeletionOfReplaced } from "./deletion";
import type { Draft, PlanRequest, PlanStep } from "./draft";
import { guardConfiguredValues } from "./guard";
import { runHook } from "./hook";
import { applyDefaults, compareWithPrior, proposeFromConfig } from "./proposal";
import { requireReplace } from "./replace";

/** Planning, in order. Each step says why it is there, and why at its place. */
export const planSteps: readonly PlanStep[] = [
  proposeFromConfig,
  applyDefaults,
  compareWithPrior,
  requireReplace,
  markComputedUnknown,
  runHook,
  guardConfiguredValues,
  planDeletionOfReplaced,
];

/** Plans the creation or the change of one object. Problems go to the request's diagnostics. */
export async function planChange(request: PlanRequest): Promise<Draft> {
  let draft: Draft = { planned: request.config, changed: true, replace: [] };
  for (const step of planSteps) {
    const next = step(draft, request);
    // Most steps are synchronous, and this runs for every object of a plan: no turn of the event loop for each.
    draft = next instanceof Promise ? await next : next;
  }
  return draft;
}
