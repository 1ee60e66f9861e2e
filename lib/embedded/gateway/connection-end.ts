import type { Route } from "./gateway";
import type { RefusalReason } from "./refusal";

/**
 * Why a connection or flow is over: both sides had ended it; the client or the instance broke it off; it had been silent
 * for too long; the gateway cut it, for its route was closed or changed; or it was turned away before it began. A flow
 * without a conversation also gives way (`displaced`) to a newcomer when its route has too many.
 */
export type EndReason =
  | "closed"
  | "client_reset"
  | "instance_reset"
  | "idle"
  | "cut"
  | "displaced"
  | RefusalReason;

/** A TCP connection or UDP flow that is over or was turned away. */
export interface ConnectionEnd {
  /** The route's id: the forward's. */
  readonly id: string;
  readonly protocol: Route["protocol"];
  /** The client; undefined when it was gone before it could be asked. */
  readonly client: { readonly host: string; readonly port: number } | undefined;
  /** The instance that it was for. */
  readonly target: Route["target"];
  /** Bytes that came from the client, and from the instance. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** When it came, in milliseconds since 1970, and how long it lasted. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly reason: EndReason;
}

/** Takes each end as it happens; it must neither throw nor take long, for packets wait. */
export type EndListener = (end: ConnectionEnd) => void;
