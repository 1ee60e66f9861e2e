import type { Provider } from "../provider";
import { type SchemaSource, schemaToMessage } from "../schema/message";
import type { Message } from "../wire/messages";
import { functionsToMessage } from "./functions";
import type { Handler } from "./session";

/**
 * What this provider can do beyond the protocol's base. Terraform asks about deletions only if some resource has a say.
 * With getProviderSchemaOptional it asks for the schema once per command, not once per process.
 */
function serverCapabilities({ resources = {} }: Provider): Message<"ServerCapabilities"> {
  const all = Object.values(resources);
  return {
    planDestroy: all.some(({ planDelete }) => planDelete !== undefined),
    getProviderSchemaOptional: true,
    moveResourceState: all.some(({ moveFrom }) => moveFrom !== undefined),
  };
}

export const getProviderSchema: Handler<"GetProviderSchema"> = ({ provider }) => ({
  provider: schemaToMessage({ ...provider, version: 0 }),
  resourceSchemas: schemas(provider.resources),
  dataSourceSchemas: schemas(provider.dataSources),
  functions: functionsToMessage(provider.functions),
  serverCapabilities: serverCapabilities(provider),
});

export const getMetadata: Handler<"GetMetadata"> = ({ provider }) => ({
  serverCapabilities: serverCapabilities(provider),
  resources: typeNames(provider.resources),
  dataSources: typeNames(provider.dataSources),
  functions: Object.keys(provider.functions ?? {}).map((name) => ({ name })),
});

function schemas(sources: { readonly [name: string]: SchemaSource } = {}) {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, schemaToMessage(source)]));
}

function typeNames(sources: object = {}): Message<"TypeName">[] {
  return Object.keys(sources).map((typeName) => ({ typeName }));
}
