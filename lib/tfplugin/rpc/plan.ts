import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { planChange } from "../plan/engine";
import { PrivateState } from "../private-state";
import type { Resource } from "../resource";
import { conformWhole } from "../schema/conform";
import { typeOfLevel } from "../schema/level";
import { pathToMessage } from "../schema/path";
import type { Fields } from "../value/type";
import type { Message } from "../wire/messages";
import { decodeObject, encodeObject, NOTHING } from "./object";
import type { Handler, Session } from "./session";

type Request = Message<"PlanResourceChange.Request">;
type Response = Message<"PlanResourceChange.Response">;

export const planResourceChange: Handler<"PlanResourceChange"> = (session, request) => {
  const resource = session.resource(request.typeName);
  const config = decodeObject(request.config, resource);
  return config
    ? planCreateOrUpdate(session, resource, request, config)
    : planDeletion(session, resource, request);
};

async function planCreateOrUpdate(
  session: Session,
  resource: Resource,
  request: Request,
  config: Fields,
): Promise<Response> {
  const type = typeOfLevel(resource);
  const prior = decodeObject(request.priorState, resource);
  const diagnostics = new Diagnostics();
  const privateState = privateStateBefore(request, prior !== null);
  const planned = await session.attempt(diagnostics, `Planning ${request.typeName}`, () =>
    planChange({
      resource,
      type,
      config,
      prior: prior && conformWhole(resource, prior),
      client: session.client,
      signal: session.signal,
      privateState,
      diagnostics,
    }),
  );
  return {
    plannedState: planned ? encodeObject(resource, planned.value.planned, diagnostics) : NOTHING,
    plannedPrivate: privateState.encode(),
    requiresReplace: planned?.value.replace.flatMap((path) => pathToMessage(path, type) ?? []),
    diagnostics: diagnosticsToMessage(diagnostics.list, type),
  };
}

/**
 * What an earlier plan of the same change has kept, where Terraform still has it (1.16 and newer); else what is in the
 * state. In the second plan of a replacement, which has no prior object, the prior private state is that of the object
 * that goes.
 */
function privateStateBefore({ plannedPrivate, priorPrivate }: Request, existed: boolean): PrivateState {
  if (plannedPrivate?.length) return PrivateState.ofPlannedObject(plannedPrivate);
  return existed ? new PrivateState(priorPrivate) : PrivateState.ofNewObject(priorPrivate);
}

/** Terraform asks about the deletions of all resource types if one of them has a say; the others cost nothing. */
async function planDeletion(session: Session, resource: Resource, request: Request): Promise<Response> {
  if (!resource.planDelete) return { plannedState: NOTHING, plannedPrivate: request.priorPrivate };
  const diagnostics = new Diagnostics();
  const privateState = new PrivateState(request.priorPrivate);
  const state = decodeObject(request.priorState, resource) ?? {};
  const { client, signal } = session;
  await session.attempt(diagnostics, `Planning the deletion of ${request.typeName}`, () =>
    resource.planDelete?.({ client, signal, state, privateState, diagnostics }),
  );
  return {
    plannedState: NOTHING,
    plannedPrivate: privateState.encode(),
    diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(resource)),
  };
}
