import { Diagnostics, diagnosticsToMessage } from "../diagnostics";
import type { Provider } from "../provider";
import type { UnaryMethod } from "../server/grpc";
import { SHUTDOWN } from "../server/lifetime";
import { protobuf, type Rpc } from "../wire/messages";
import { applyResourceChange } from "./apply";
import { configureProvider, stopProvider, validateProviderConfig } from "./configure";
import { callFunction, getFunctions } from "./functions";
import { importResourceState } from "./import";
import { moveResourceState } from "./move";
import { planResourceChange } from "./plan";
import { readResource } from "./read";
import { readDataSource } from "./read-data-source";
import { getMetadata, getProviderSchema } from "./schema";
import { type Handler, Session } from "./session";
import { upgradeResourceState } from "./upgrade";
import { validateDataResourceConfig, validateResourceConfig } from "./validate";

/** Every RPC of the message table has a handler, or this does not compile. */
const handlers: { readonly [R in Rpc]: Handler<R> } = {
  GetMetadata: getMetadata,
  GetProviderSchema: getProviderSchema,
  ValidateProviderConfig: validateProviderConfig,
  ConfigureProvider: configureProvider,
  StopProvider: stopProvider,
  ValidateResourceConfig: validateResourceConfig,
  UpgradeResourceState: upgradeResourceState,
  ReadResource: readResource,
  PlanResourceChange: planResourceChange,
  ApplyResourceChange: applyResourceChange,
  ImportResourceState: importResourceState,
  MoveResourceState: moveResourceState,
  ValidateDataResourceConfig: validateDataResourceConfig,
  ReadDataSource: readDataSource,
  GetFunctions: getFunctions,
  CallFunction: callFunction,
};

const HEALTHY = Buffer.from([0x08, 0x01]);

/** The gRPC methods of a provider, by full name. */
export function createMethods(provider: Provider): { readonly [name: string]: UnaryMethod } {
  const session = new Session(provider);
  const methods: Record<string, UnaryMethod> = {
    "/grpc.health.v1.Health/Check": async () => HEALTHY,
    [SHUTDOWN]: async () => {
      session.leaving.abort();
      return new Uint8Array();
    },
  };
  for (const name of Object.keys(handlers) as Rpc[]) {
    methods[`/tfplugin6.Provider/${name}`] = methodOf(session, name, handlers[name] as Handler<Rpc>);
  }
  return methods;
}

/** Handlers turn errors of the provider's functions into diagnostics themselves; this catches our own. */
function methodOf(session: Session, name: Rpc, handler: Handler<Rpc>): UnaryMethod {
  return async (bytes) => {
    const request = protobuf.decode(`${name}.Request`, bytes);
    const respond = (response: object) => protobuf.encode(`${name}.Response`, response);
    try {
      return respond(await handler(session, request));
    } catch (error) {
      const diagnostics = new Diagnostics();
      session.explain(error, `The call ${name}`, diagnostics);
      return respond({ diagnostics: diagnosticsToMessage(diagnostics.list) });
    }
  };
}
