import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { planChange } from "../plan/engine";
import { PrivateState } from "../private-state";
import { conform } from "../schema/conform";
import { typeOfLevel } from "../schema/level";
import { pathToMessage } from "../schema/path";
import { decodeObject, encodeObject } from "./object";
import type { Handler } from "./session";

export const planResourceChange: Handler<"PlanResourceChange"> = async (session, request) => {
  const resource = session.resource(request.typeName);
  const type = typeOfLevel(resource);
  const config = decodeObject(request.config, resource);
  // A deletion: nothing to plan.
  if (config === null)
    return { plannedState: request.proposedNewState, plannedPrivate: request.priorPrivate };

  const prior = decodeObject(request.priorState, resource);
  const diagnostics = new Diagnostics();
  const privateState = new PrivateState(request.priorPrivate);
  const planned = await session.attempt(diagnostics, `Planning ${request.typeName}`, () =>
    planChange({
      resource,
      type,
      config,
      prior: prior && conform(resource, prior),
      client: session.client,
      signal: session.signal,
      privateState,
      diagnostics,
    }),
  );
  const plannedState = planned
    ? encodeObject(resource, planned.value.planned, diagnostics)
    : request.proposedNewState;
  return {
    plannedState,
    plannedPrivate: privateState.encode(),
    requiresReplace: planned?.value.replace.flatMap((path) => pathToMessage(path, type) ?? []),
    diagnostics: diagnosticsToMessage(diagnostics.list, type),
  };
};
