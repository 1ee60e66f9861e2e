import { type SchemaSource, schemaToMessage } from "../schema/message";
import type { Message } from "../wire/messages";
import type { Handler } from "./session";

/**
 * What this framework can do beyond the protocol's base.
 * planDestroy is off: there is nothing to plan about a deletion. moveResourceState stays off until it is built.
 * With getProviderSchemaOptional Terraform asks for the schema once per command, not once per process.
 */
const serverCapabilities: Message<"ServerCapabilities"> = {
  planDestroy: false,
  getProviderSchemaOptional: true,
  moveResourceState: false,
};

export const getProviderSchema: Handler<"GetProviderSchema"> = ({ provider }) => ({
  provider: schemaToMessage({ ...provider, version: 0 }),
  resourceSchemas: schemas(provider.resources),
  dataSourceSchemas: schemas(provider.dataSources),
  serverCapabilities,
});

export const getMetadata: Handler<"GetMetadata"> = ({ provider }) => ({
  serverCapabilities,
  resources: typeNames(provider.resources),
  dataSources: typeNames(provider.dataSources),
});

function schemas(sources: { readonly [name: string]: SchemaSource } = {}) {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, schemaToMessage(source)]));
}

function typeNames(sources: object = {}): Message<"TypeName">[] {
  return Object.keys(sources).map((typeName) => ({ typeName }));
}
