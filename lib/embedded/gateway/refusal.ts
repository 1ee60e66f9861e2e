/**
 * Why a connection or flow was turned away: its source is not among the allowed ones; the instance refused it
 * (nothing listens at the port), left it unanswered, or cannot be reached at all; the gateway has no file descriptor
 * or local port left; the route has as many TCP connections as it may; or the table of its UDP flows is full of
 * conversations.
 */
export type RefusalReason =
  | "source_not_allowed"
  | "instance_refused"
  | "instance_timed_out"
  | "instance_unreachable"
  | "gateway_exhausted"
  | "too_many_connections"
  | "flow_table_full";

/** The last time that a route turned somebody away. */
export interface Refusal {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** The client's address; undefined when it was gone before it could be asked. */
  readonly source: string | undefined;
  readonly reason: RefusalReason;
}

const reasons: Readonly<Record<string, RefusalReason>> = {
  ECONNREFUSED: "instance_refused",
  ECONNRESET: "instance_refused",
  ETIMEDOUT: "instance_timed_out",
  EMFILE: "gateway_exhausted",
  ENFILE: "gateway_exhausted",
  ENOBUFS: "gateway_exhausted",
  // All local ports, or those towards the instance's, are in use.
  EADDRNOTAVAIL: "gateway_exhausted",
  EADDRINUSE: "gateway_exhausted",
  EAGAIN: "gateway_exhausted",
};

/** What an error says of a socket to the instance that was to be opened. */
export function refusalOf({ code }: NodeJS.ErrnoException): RefusalReason {
  return reasons[code ?? ""] ?? "instance_unreachable";
}
