import type { ConnectionEnd, EndListener } from "./connection-end";
import type { FlowTable } from "./flow-table";
import type { Route } from "./gateway";
import type { RefusalReason } from "./refusal";
import type { Sources } from "./sources";
import type { Counters } from "./statistics";

/** One port of one address. */
export interface Endpoint {
  readonly protocol: Route["protocol"];
  readonly ip: string;
  readonly port: number;
}

/** Where what arrives on one port goes, and whose it may be. */
export interface Rule {
  readonly target: Route["target"];
  readonly sources: Sources;
  /** Whether a connection to the target begins with a PROXY header. */
  readonly proxyProtocol: boolean;
}

/** What all ports of a route share. */
export interface Shared {
  /** The route's id. */
  readonly id: string;
  readonly counters: Counters;
  readonly flows: FlowTable;
  /** Undefined where nobody wants to know: then no client is asked for its address. */
  readonly ended: EndListener | undefined;
}

/** Counts and tells that a client was turned away before anything of it reached the instance. */
export function turnAway(
  { id, counters, ended }: Shared,
  reason: RefusalReason,
  { protocol, client, target }: Pick<ConnectionEnd, "protocol" | "client" | "target">,
): void {
  counters.refused(reason, client?.host);
  const nothing = { bytesIn: 0, bytesOut: 0, startedAt: Date.now(), durationMs: 0 };
  ended?.({ id, protocol, client, target, ...nothing, reason });
}

/** An open external port of one protocol, and what flows through it. */
export interface Listener {
  /** Applies another target and other sources of the same external port, at once; see `Gateway.open`. */
  update(rule: Rule): void;
  /**
   * Takes no newcomer from now on, cuts what flows when `until` aborts, at once without it, and resolves when the
   * port is free and no socket is left.
   */
  close(until?: AbortSignal): Promise<void>;
}
