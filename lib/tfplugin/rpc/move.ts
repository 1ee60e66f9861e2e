import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { findMoveSource } from "../move";
import { PrivateState } from "../private-state";
import type { Resource } from "../resource";
import { typeOfLevel } from "../schema/level";
import { parseJson } from "../value/json";
import { isFields } from "../value/type";
import type { Message } from "../wire/messages";
import { encodeObject } from "./object";
import { holdPromise } from "./promise";
import type { Handler } from "./session";

/** Terraform calls this while it prepares a plan, in a process whose provider is never configured. */
export const moveResourceState: Handler<"MoveResourceState"> = async (session, request) => {
  const { sourceProviderAddress = "", sourceTypeName = "", targetTypeName } = request;
  const version = Number(request.sourceSchemaVersion ?? 0);
  const resource = session.resource(targetTypeName);
  const diagnostics = new Diagnostics();
  const privateState = new PrivateState();
  const source = findMoveSource(resource.moveFrom, sourceProviderAddress, sourceTypeName, version);
  const answer = (targetState?: Message<"DynamicValue">) => ({
    targetState,
    targetPrivate: privateState.encode(),
    diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(resource)),
  });
  if (!source) {
    diagnostics.error(
      `Cannot move ${sourceTypeName} to ${targetTypeName}`,
      `The state is one of ${sourceTypeName} of ${sourceProviderAddress}, with schema version ${version}. ${offer(resource, targetTypeName)} ` +
        "Take the moved block away; then remove the old resource with a removed block, and import the object as the new one.",
    );
    return answer();
  }
  const moved = await session.attempt(diagnostics, `Moving ${sourceTypeName} to ${targetTypeName}`, () => {
    const state = parseJson(Buffer.from(request.sourceState?.json ?? []).toString("utf8"));
    if (!isFields(state)) throw new Error("The stored state is no object.");
    const sourcePrivateState = new PrivateState(request.sourcePrivate);
    return source.move({ state, version, sourcePrivateState, privateState, diagnostics });
  });
  if (!moved?.value || diagnostics.hasErrors) {
    if (!diagnostics.hasErrors)
      diagnostics.error(`Moving ${sourceTypeName} returned no state`, "This is a mistake in the provider.");
    return answer();
  }
  return answer(encodeObject(resource, holdPromise(resource, null, moved.value, diagnostics), diagnostics));
};

function offer({ moveFrom = [] }: Resource, targetTypeName = ""): string {
  const sources = moveFrom.map(
    ({ type, provider, version }) =>
      type +
      (provider ? ` of ${provider}` : "") +
      (version === undefined ? "" : ` (schema version ${version})`),
  );
  if (sources.length === 0) return `${targetTypeName} takes over no other resource type.`;
  return `${targetTypeName} takes over states of ${sources.join(", ")}.`;
}
