import { type Field, type MessageTable, Protobuf } from "./protobuf";

const string = <N extends number>(number: N) => ({ number, kind: "string" }) as const;
const bytes = <N extends number>(number: N) => ({ number, kind: "bytes" }) as const;
const bool = <N extends number>(number: N) => ({ number, kind: "bool" }) as const;
const int = <N extends number>(number: N) => ({ number, kind: "int" }) as const;
const one = <M extends string>(number: number, message: M) => ({ number, kind: "message", message }) as const;
const many = <M extends string>(number: number, message: M) =>
  ({ number, kind: "message", message, rule: "repeated" }) as const;
const map = <M extends string>(number: number, message: M) =>
  ({ number, kind: "message", message, rule: "map" }) as const;

const diagnostics = (number: number) => many(number, "Diagnostic");
const value = (number: number) => one(number, "DynamicValue");
const client = (number: number) => one(number, "ClientCapabilities");
const deferred = (number: number) => one(number, "Deferred");
const validateRequest = { typeName: string(1), config: value(2), clientCapabilities: client(3) };
const validateResponse = { diagnostics: diagnostics(1) };

/**
 * The messages of Terraform's plugin protocol 6, by the names of its .proto file.
 * This table is the only place that knows field numbers. A new RPC (identity, list resources) starts with its request and response here.
 */
export const messages = {
  DynamicValue: { msgpack: bytes(1), json: bytes(2) },
  Diagnostic: { severity: int(1), summary: string(2), detail: string(3), attribute: one(4, "AttributePath") },
  AttributePath: { steps: many(1, "Step") },
  Step: { attributeName: string(1), elementKeyString: string(2), elementKeyInt: int(3) },
  RawState: { json: bytes(1) },
  ServerCapabilities: {
    planDestroy: bool(1),
    getProviderSchemaOptional: bool(2),
    moveResourceState: bool(3),
  },
  ClientCapabilities: {
    deferralAllowed: bool(1),
    writeOnlyAttributesAllowed: bool(2),
    storePlannedPrivate: bool(3),
    computedBlocksAllowed: bool(4),
  },
  Deferred: { reason: int(1) },

  Schema: { version: int(1), block: one(2, "Block") },
  Block: {
    version: int(1),
    attributes: many(2, "Attribute"),
    blockTypes: many(3, "NestedBlock"),
    description: string(4),
    descriptionKind: int(5),
    deprecated: bool(6),
    deprecationMessage: string(7),
  },
  Attribute: {
    name: string(1),
    type: bytes(2),
    description: string(3),
    required: bool(4),
    optional: bool(5),
    computed: bool(6),
    sensitive: bool(7),
    descriptionKind: int(8),
    deprecated: bool(9),
    nestedType: one(10, "NestedType"),
    writeOnly: bool(11),
    deprecationMessage: string(12),
  },
  NestedType: { attributes: many(1, "Attribute"), nesting: int(3) },
  NestedBlock: {
    typeName: string(1),
    block: one(2, "Block"),
    nesting: int(3),
    minItems: int(4),
    maxItems: int(5),
  },

  Function: {
    parameters: many(1, "Parameter"),
    variadicParameter: one(2, "Parameter"),
    return: one(3, "Return"),
    summary: string(4),
    description: string(5),
    descriptionKind: int(6),
    deprecationMessage: string(7),
  },
  Parameter: {
    name: string(1),
    type: bytes(2),
    allowNullValue: bool(3),
    allowUnknownValues: bool(4),
    description: string(5),
    descriptionKind: int(6),
  },
  Return: { type: bytes(1) },
  FunctionError: { text: string(1), functionArgument: int(2) },

  TypeName: { typeName: string(1) },
  FunctionName: { name: string(1) },
  "GetMetadata.Request": {},
  "GetMetadata.Response": {
    serverCapabilities: one(1, "ServerCapabilities"),
    diagnostics: diagnostics(2),
    dataSources: many(3, "TypeName"),
    resources: many(4, "TypeName"),
    functions: many(5, "FunctionName"),
  },
  "GetProviderSchema.Request": {},
  "GetProviderSchema.Response": {
    provider: one(1, "Schema"),
    resourceSchemas: map(2, "Schema"),
    dataSourceSchemas: map(3, "Schema"),
    diagnostics: diagnostics(4),
    serverCapabilities: one(6, "ServerCapabilities"),
    functions: map(7, "Function"),
  },
  "ValidateProviderConfig.Request": { config: value(1) },
  "ValidateProviderConfig.Response": { diagnostics: diagnostics(2) },
  "ConfigureProvider.Request": {
    terraformVersion: string(1),
    config: value(2),
    clientCapabilities: client(3),
  },
  "ConfigureProvider.Response": { diagnostics: diagnostics(1) },
  "StopProvider.Request": {},
  "StopProvider.Response": { error: string(1) },

  "ValidateResourceConfig.Request": validateRequest,
  "ValidateResourceConfig.Response": validateResponse,
  "UpgradeResourceState.Request": { typeName: string(1), version: int(2), rawState: one(3, "RawState") },
  "UpgradeResourceState.Response": { upgradedState: value(1), diagnostics: diagnostics(2) },
  "ReadResource.Request": {
    typeName: string(1),
    currentState: value(2),
    private: bytes(3),
    providerMeta: value(4),
    clientCapabilities: client(5),
  },
  "ReadResource.Response": {
    newState: value(1),
    diagnostics: diagnostics(2),
    private: bytes(3),
    deferred: deferred(4),
  },
  "PlanResourceChange.Request": {
    typeName: string(1),
    priorState: value(2),
    proposedNewState: value(3),
    config: value(4),
    priorPrivate: bytes(5),
    providerMeta: value(6),
    clientCapabilities: client(7),
    plannedPrivate: bytes(9),
  },
  "PlanResourceChange.Response": {
    plannedState: value(1),
    requiresReplace: many(2, "AttributePath"),
    plannedPrivate: bytes(3),
    diagnostics: diagnostics(4),
    deferred: deferred(6),
  },
  "ApplyResourceChange.Request": {
    typeName: string(1),
    priorState: value(2),
    plannedState: value(3),
    config: value(4),
    plannedPrivate: bytes(5),
    providerMeta: value(6),
  },
  "ApplyResourceChange.Response": { newState: value(1), private: bytes(2), diagnostics: diagnostics(3) },
  "ImportResourceState.Request": { typeName: string(1), id: string(2), clientCapabilities: client(3) },
  ImportedResource: { typeName: string(1), state: value(2), private: bytes(3) },
  "ImportResourceState.Response": {
    importedResources: many(1, "ImportedResource"),
    diagnostics: diagnostics(2),
    deferred: deferred(3),
  },
  "MoveResourceState.Request": {
    sourceProviderAddress: string(1),
    sourceTypeName: string(2),
    sourceSchemaVersion: int(3),
    sourceState: one(4, "RawState"),
    targetTypeName: string(5),
    sourcePrivate: bytes(6),
  },
  "MoveResourceState.Response": {
    targetState: value(1),
    diagnostics: diagnostics(2),
    targetPrivate: bytes(3),
  },

  "ValidateDataResourceConfig.Request": validateRequest,
  "ValidateDataResourceConfig.Response": validateResponse,
  "ReadDataSource.Request": {
    typeName: string(1),
    config: value(2),
    providerMeta: value(3),
    clientCapabilities: client(4),
  },
  "ReadDataSource.Response": { state: value(1), diagnostics: diagnostics(2), deferred: deferred(3) },

  "GetFunctions.Request": {},
  "GetFunctions.Response": { functions: map(1, "Function"), diagnostics: diagnostics(2) },
  "CallFunction.Request": { name: string(1), arguments: many(2, "DynamicValue") },
  "CallFunction.Response": { result: value(1), error: one(2, "FunctionError") },
} as const satisfies MessageTable;

type Table = typeof messages;

type Scalar<F extends Field> = F["kind"] extends "string"
  ? string
  : F["kind"] extends "bytes"
    ? Uint8Array
    : F["kind"] extends "bool"
      ? boolean
      : F["kind"] extends "int"
        ? number | bigint
        : F extends { message: infer M extends keyof Table }
          ? Message<M>
          : never;

type FieldValue<F extends Field> = F extends { rule: "repeated" }
  ? readonly Scalar<F>[]
  : F extends { rule: "map" }
    ? { readonly [key: string]: Scalar<F> }
    : Scalar<F>;

/** The TypeScript type of a message, derived from the table. */
export type Message<Name extends keyof Table> = {
  readonly [F in keyof Table[Name]]?: Table[Name][F] extends Field ? FieldValue<Table[Name][F]> : never;
};

/** The RPCs of which both messages are in the table. */
export type Rpc = {
  [Name in keyof Table]: Name extends `${infer R}.Request`
    ? `${R}.Response` extends keyof Table
      ? R
      : never
    : never;
}[keyof Table];

/** The protocol's codec. */
export const protobuf = new Protobuf(messages);
