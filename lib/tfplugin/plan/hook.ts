import { conform } from "../schema/conform";
import type { Path } from "../schema/path";
import { withTimeouts } from "../timeouts";
import { equal } from "../value/equal";
import { isChanged } from "./change";
import { markComputedUnknown } from "./computed";
import type { Draft, PlanRequest, PlanStep } from "./draft";
import { replacementsOfHook } from "./replace";

/**
 * The resource's own `modifyPlan` sees the plan as the rules left it, and has the last word.
 * When it makes a change of what was none, computed values become unknown after all: those it has not set itself.
 */
export const runHook: PlanStep = async (draft, request) => {
  if (!request.resource.modifyPlan) return draft;
  const replace: Path[] = [...draft.replace];
  const answer = await request.resource.modifyPlan({
    action: request.prior === null ? "create" : "update",
    plan: draft.planned,
    config: request.config,
    state: request.prior,
    client: request.client,
    privateState: request.privateState,
    signal: request.signal,
    diagnostics: request.diagnostics,
    requiresReplace(path) {
      replace.push(path);
    },
  });
  const { resource, prior } = request;
  const planned = conform(resource, withTimeouts(resource, answer ?? draft.planned, draft.planned));
  const changed = draft.changed || prior === null || isChanged(resource, planned, prior);
  if (changed && answer) replace.push(...replacementsOfHook(draft.planned, planned, request));
  const after = { planned, changed, replace };
  return changed && !draft.changed ? settle(after, request) : after;
};

/** Attributes that the hook changed keep its value; the others follow the rule for computed values. */
async function settle(draft: Draft, request: PlanRequest): Promise<Draft> {
  const marked = await markComputedUnknown(draft, request);
  const planned = { ...marked.planned };
  for (const [name, { type }] of Object.entries(request.resource.attributes)) {
    if (!equal(draft.planned[name], request.prior?.[name], type)) planned[name] = draft.planned[name];
  }
  return { ...marked, planned };
}
