/** The gateway: what carries the packets of forwards. It knows addresses and ports, no database and no HTTP. */

export { BindError } from "./bind-error";
export type { ConnectionEnd, EndListener, EndReason } from "./connection-end";
export type { Gateway, Route } from "./gateway";
export type { Refusal, RefusalReason } from "./refusal";
export { type RelayOptions, relayGateway } from "./relay";
export type { RouteStatistics } from "./statistics";
