/** The gateway: what carries the packets of forwards. It knows addresses and ports, no database and no HTTP. */

/** What a forward asks of a gateway: where packets arrive, where they go, and who may send them. */
export interface Route {
  /** The forward's id; a second `open` with the same id changes the route in place. */
  readonly id: string;
  readonly protocol: "tcp" | "udp";
  readonly externalIp: string;
  readonly externalPort: number;
  readonly target: { readonly host: string; readonly port: number };
  /** Sources that may connect, as IPv4 or IPv6 CIDRs; empty means everyone. */
  readonly allowedCidrs: readonly string[];
}

/**
 * Moves packets from external ports to instances. The one in this folder is a relay in user space;
 * a kernel data path would be another implementation of this interface and change nothing else.
 */
export interface Gateway {
  /**
   * Opens a route, or changes an open one of the same id: a new target or new sources apply to the next
   * connection without closing the listener; connections whose source is no longer allowed are cut.
   * Resolves when packets are carried; rejects with the cause when the external port cannot be bound.
   */
  open(route: Route): Promise<void>;
  /** Closes a route and cuts what flows through it; unknown ids are ignored. */
  close(id: string): Promise<void>;
  /** Closes every route; resolves when no socket is left. */
  shutdown(): Promise<void>;
}
