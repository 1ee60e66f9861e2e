/**
 * For who puts a platform of their own behind Fairlead: the `Platform` type with the rules that every platform keeps,
 * the server that makes it reachable for provider, constructs and command, and the tests that say when it is done.
 */
import type { Platform } from "./contract";
import type { PlatformServer, ServeOptions } from "./http/server";

// The type, and what it is made of.
export type {
  Administration,
  Caller,
  CallOptions,
  Catalogue,
  ChangeOptions,
  Collection,
  CollectionName,
  CreateOptions,
  Page,
  Paged,
  Platform,
  Reader,
  Repository,
} from "./contract";
// Errors, and the refusals that every platform words alike.
// What most platforms need and few APIs have.
export {
  AccessToken,
  type AccessTokenCreate,
  AuditEntry,
  type AuditFilter,
  administrator,
  Block,
  type BlockCreate,
  Capabilities,
  type CapabilityName,
  changesOf,
  collections,
  contractEdition,
  type ErrorCode,
  type ErrorContext,
  Explanation,
  errors,
  externalPortOutOfRange,
  externalPortsExhausted,
  externalPortTaken,
  Flavor,
  forwardHolder,
  forwardKey,
  guardCapabilities,
  guardForward,
  guardKnownName,
  guardManagement,
  guardRevision,
  guardRole,
  guardUnprotected,
  guardWholePlatform,
  type Holder,
  Hop,
  hostText,
  Image,
  Instance,
  IssuedToken,
  internalPortTaken,
  type KeyMark,
  type KeyMarks,
  listAll,
  type MadeBefore,
  matchesLabels,
  Overview,
  overlap,
  overview,
  PlatformError,
  PlatformInfo,
  PortForward,
  type PortRange,
  type PortSpan,
  Project,
  pageOf,
  pageOfNames,
  parse,
  projectMismatch,
  projectNameTaken,
  projectNotEmpty,
  RepeatableCreates,
  Role,
  required,
  Statistics,
  type Surroundings,
  shownOfProject,
  spansNearby,
  spanToAssign,
  Turns,
  unknownExternalIp,
  type Versioned,
  type WantedPorts,
  withoutCapability,
} from "./contract";
export type {
  AppOptions,
  Authenticate,
  ConnectionLimits,
  MetricFamily,
  MetricSample,
  PlatformServer,
  RateLimit,
  ServeOptions,
  TlsFiles,
} from "./http/server";
export type { LogFields, Logger, LogLevel } from "./log";
export {
  type Plain,
  type PlainApi,
  type PlainCollection,
  type PlainDerived,
  type PlainForward,
  type PlainInstance,
  type PlainProject,
  plainPlatform,
  type Wanted,
} from "./plain";
export type { Need, RunningSubject, Subject } from "./testing/conformance/subject";
export { conformance } from "./testing/conformance/suite";

/**
 * Serves a platform over HTTP as the API that the provider, the constructs and the command speak. Set
 * FAIRLEAD_ENDPOINT to `endpoint` of the result, and FAIRLEAD_TOKEN to the token.
 *
 * @throws Error when the address cannot be bound
 * @example
 * const { endpoint } = await servePlatform(platform, { host: "127.0.0.1", port: 0, token, version: "1.0.0" });
 */
export async function servePlatform(platform: Platform, options: ServeOptions): Promise<PlatformServer> {
  // Loaded on first use: who only tests a platform, or runs it elsewhere, needs no web server.
  const server = require("./http/server") as typeof import("./http/server");
  return server.servePlatform(platform, options);
}
