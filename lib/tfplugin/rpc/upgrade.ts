import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import type { Resource } from "../resource";
import { isConformed, mayNeedConforming } from "../schema/conform";
import { typeOfLevel } from "../schema/level";
import { withTimeouts } from "../timeouts";
import { fromJson, parseJson } from "../value/json";
import { type Fields, isFields } from "../value/type";
import { encodeObject } from "./object";
import type { Handler } from "./session";

/** Terraform calls this for every object of every state, so the common case, an unchanged schema, costs nothing. */
export const upgradeResourceState: Handler<"UpgradeResourceState"> = async (session, request) => {
  const resource = session.resource(request.typeName);
  const { version: current = 0 } = resource;
  const stored = Number(request.version ?? 0);
  const json = request.rawState?.json;
  // Untouched: parsing and printing would lose digits of large numbers.
  if (stored === current && json && isFit(resource, json)) return { upgradedState: { json } };

  const diagnostics = new Diagnostics();
  const type = typeOfLevel(resource);
  if (stored > current) {
    diagnostics.error(
      `The state of ${request.typeName} is newer than the provider`,
      `It has schema version ${stored}, and this version of the provider knows ${current}. Use a newer provider.`,
    );
    return { diagnostics: diagnosticsToMessage(diagnostics.list, type) };
  }
  const raw = parseJson(Buffer.from(json ?? []).toString("utf8"));
  const upgraded = await session.attempt(
    diagnostics,
    `Upgrading the state of ${request.typeName}`,
    async () => withTimeouts(resource, await upgradeFrom(resource, stored, raw), isFields(raw) ? raw : {}),
  );
  const state = upgraded && fromJson(upgraded.value, type);
  return {
    upgradedState: isFields(state) ? encodeObject(resource, state, diagnostics) : undefined,
    diagnostics: diagnosticsToMessage(diagnostics.list, type),
  };
};

/**
 * A state of this version may still be none that Terraform takes: it was written before a block was added to the schema
 * (null, where newer cores want an empty list), or by a provider that let a write-only value slip through.
 */
function isFit(resource: Resource, json: Uint8Array): boolean {
  if (!mayNeedConforming(resource)) return true;
  const state: unknown = JSON.parse(Buffer.from(json).toString("utf8"));
  return isFields(state) && isConformed(resource, state);
}

/** One version after the other: each step knows two neighbouring schemas, and no more. */
async function upgradeFrom(resource: Resource, stored: number, raw: unknown): Promise<Fields> {
  if (!isFields(raw)) throw new Error("The stored state is no object.");
  let state = raw;
  for (let version = stored; version < (resource.version ?? 0); version++) {
    const step = resource.upgrade?.[version];
    if (!step) throw new Error(`There is no way from schema version ${version} to ${version + 1}.`);
    state = await step(state);
  }
  return state;
}
