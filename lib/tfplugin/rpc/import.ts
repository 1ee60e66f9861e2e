import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { PrivateState } from "../private-state";
import type { ImportCall, Resource } from "../resource";
import { typeOfLevel } from "../schema/level";
import type { Fields } from "../value/type";
import { encodeObject } from "./object";
import type { Handler } from "./session";

export const importResourceState: Handler<"ImportResourceState"> = async (session, request) => {
  const { typeName, id = "" } = request;
  const resource = session.resource(typeName);
  const diagnostics = new Diagnostics();
  const privateState = new PrivateState();
  const { client, signal } = session;
  const imported = await session.attempt(diagnostics, `Importing ${typeName}`, () =>
    importState(resource, { client, signal, diagnostics, privateState, id }),
  );
  if (!imported?.value || diagnostics.hasErrors) {
    if (!diagnostics.hasErrors) {
      diagnostics.error(`Cannot import ${typeName}`, `There is no object ${JSON.stringify(id)}.`);
    }
    return { diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(resource)) };
  }
  // Terraform reads the object next, which fills in what is null here.
  const state = encodeObject(resource, imported.value, diagnostics);
  return {
    importedResources: [{ typeName, state, private: privateState.encode() }],
    diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(resource)),
  };
};

function importState(resource: Resource, call: ImportCall<unknown>): Fields | Promise<Fields> {
  if (resource.import) return resource.import(call);
  if (resource.attributes.id?.type === "string" && resource.read) return { id: call.id };
  call.diagnostics.error(
    "This resource cannot be imported",
    "It has no identifier by which it could be found.",
  );
  return {};
}
