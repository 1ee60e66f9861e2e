import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import { isLeftToProvider, mapAttributes } from "../plan/walk";
import { conform } from "../schema/conform";
import { typeOfLevel } from "../schema/level";
import { UNKNOWN } from "../value/unknown";
import { decodeObject, encodeObject, NOTHING } from "./object";
import { holdPromise } from "./promise";
import type { Handler } from "./session";

export const readDataSource: Handler<"ReadDataSource"> = async (session, request) => {
  const source = session.dataSource(request.typeName);
  const diagnostics = new Diagnostics();
  const config = decodeObject(request.config, source) ?? {};
  const { client, signal } = session;
  const read = await session.attempt(diagnostics, `Reading ${request.typeName}`, () =>
    source.read({ client, signal, config, diagnostics }),
  );
  let state = NOTHING;
  if (read?.value && !diagnostics.hasErrors) {
    // What the user wrote must come back; the provider fills in the rest.
    const promised = mapAttributes(source, { planned: config, config, prior: null }, (place) =>
      isLeftToProvider(place) ? UNKNOWN : place.planned,
    );
    state = encodeObject(
      source,
      holdPromise(source, conform(source, promised), read.value, diagnostics),
      diagnostics,
    );
  } else if (!diagnostics.hasErrors) {
    diagnostics.error(`Reading ${request.typeName} returned no state`, "This is a mistake in the provider.");
  }
  return { state, diagnostics: diagnosticsToMessage(diagnostics.list, typeOfLevel(source)) };
};
