import type { FlowTable } from "./flow-table";
import type { Route } from "./gateway";
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
}

/** What all ports of a route share. */
export interface Shared {
  readonly counters: Counters;
  readonly flows: FlowTable;
}

/** An open external port of one protocol, and what flows through it. */
export interface Listener {
  /** Applies another target and other sources of the same external port, at once; see `Gateway.open`. */
  update(rule: Rule): void;
  /** Cuts what flows, and resolves when the port is free and no socket is left. */
  close(): Promise<void>;
}
