import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { PrivateState } from "../private-state";
import { typeOfLevel } from "../schema/level";
import { timeLimitOf, withTimeouts } from "../timeouts";
import { decodeObject, encodeObject, NOTHING } from "./object";
import { holdPromise } from "./promise";
import type { Handler } from "./session";

export const readResource: Handler<"ReadResource"> = async (session, request) => {
  const resource = session.resource(request.typeName);
  const diagnostics = new Diagnostics();
  const privateState = new PrivateState(request.private);
  const state = decodeObject(request.currentState, resource) ?? {};
  const { client } = session;
  const read = await session.attempt(
    diagnostics,
    `Reading ${request.typeName}`,
    (signal) => (resource.read ? resource.read({ client, signal, state, privateState, diagnostics }) : state),
    timeLimitOf(resource, "read", state),
  );
  const isGone = read !== undefined && !read.value && !diagnostics.hasErrors;
  // A failed read says nothing about the object, so the state stays.
  const found = read?.value
    ? holdPromise(resource, null, withTimeouts(resource, read.value, state), diagnostics)
    : state;
  return {
    newState: isGone ? NOTHING : encodeObject(resource, found, diagnostics),
    private: privateState.encode(),
    diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(resource)),
  };
};
