import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { isChanged } from "../plan/change";
import { PrivateState } from "../private-state";
import type { CreateCall, Resource } from "../resource";
import { type Attributes, type Blocks, typeOfLevel } from "../schema/level";
import { timeLimitOf, withTimeouts } from "../timeouts";
import { type Fields, isFields } from "../value/type";
import type { Message } from "../wire/messages";
import { decodeObject, encodeObject, NOTHING, withoutUnknowns } from "./object";
import { holdPromise } from "./promise";
import type { Handler, Session } from "./session";

type Request = Message<"ApplyResourceChange.Request">;

export const applyResourceChange: Handler<"ApplyResourceChange"> = async (session, request) => {
  const resource = session.resource(request.typeName);
  const diagnostics = new Diagnostics();
  const planned = decodeObject(request.plannedState, resource);
  const { plannedPrivate } = request;
  const privateState = planned
    ? PrivateState.ofPlannedObject(plannedPrivate)
    : PrivateState.ofDeletion(plannedPrivate);
  const newState = planned
    ? await createOrUpdate(session, resource, request, planned, privateState, diagnostics)
    : await destroy(session, resource, request, privateState, diagnostics);
  return {
    newState,
    private: privateState.encode(),
    diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(resource)),
  };
};

/** Whatever happens, the answer holds all that is known to exist: what is not in the state is lost to Terraform. */
async function createOrUpdate(
  session: Session,
  resource: Resource,
  request: Request,
  planned: Fields,
  privateState: PrivateState,
  diagnostics: Diagnostics,
): Promise<Message<"DynamicValue">> {
  const prior = decodeObject(request.priorState, resource);
  // Only the timeouts are new: a note to the provider, of which the platform knows nothing.
  if (resource.timeouts && prior && !isChanged(resource, planned, prior))
    return encodeObject(resource, planned, diagnostics);
  let saved: Fields | null = prior;
  const call: Omit<CreateCall<unknown, Attributes, Blocks>, "signal"> = {
    client: session.client,
    diagnostics,
    privateState,
    plan: planned,
    config: decodeObject(request.config, resource) ?? {},
    leaving: session.leaving.signal,
    save: (state) => {
      saved = { ...(saved ?? (withoutUnknowns(planned) as Fields)), ...state };
    },
  };
  const what = `${prior ? "Updating" : "Creating"} ${request.typeName}`;
  const done = await session.attempt(
    diagnostics,
    what,
    (signal) =>
      prior ? resource.update?.({ ...call, signal, state: prior }) : resource.create({ ...call, signal }),
    timeLimitOf(resource, prior ? "update" : "create", planned),
  );
  if (isFields(done?.value)) {
    const made = withTimeouts(resource, done.value, planned);
    return encodeObject(resource, holdPromise(resource, planned, made, diagnostics), diagnostics);
  }
  if (!diagnostics.hasErrors)
    diagnostics.error(`${what} returned no state`, "This is a mistake in the provider.");
  return saved ? encodeObject(resource, withoutUnknowns(saved) as Fields, diagnostics) : NOTHING;
}

async function destroy(
  session: Session,
  resource: Resource,
  request: Request,
  privateState: PrivateState,
  diagnostics: Diagnostics,
): Promise<Message<"DynamicValue">> {
  const state = decodeObject(request.priorState, resource) ?? {};
  const { client } = session;
  await session.attempt(
    diagnostics,
    `Deleting ${request.typeName}`,
    (signal) => resource.delete?.({ client, signal, state, privateState, diagnostics }),
    timeLimitOf(resource, "delete", state),
  );
  return diagnostics.hasErrors ? encodeObject(resource, state, diagnostics) : NOTHING;
}
