/** What a forward asks of a gateway: where packets arrive, where they go, and who may send them. */
export interface Route {
  /** The forward's id; a second `open` with the same id changes the route in place. */
  readonly id: string;
  readonly protocol: "tcp" | "udp";
  /** The IPv4 or IPv6 address to listen on; it must be an address of this machine. */
  readonly externalIp: string;
  /** The port to listen on, 1 to 65535. */
  readonly externalPort: number;
  /** The instance's IPv4 or IPv6 address and its port. It need not answer when the route is opened. */
  readonly target: { readonly host: string; readonly port: number };
  /**
   * Sources that may connect, as IPv4 or IPv6 CIDRs or single addresses; empty means everyone. An IPv4 client
   * is an IPv4 source even where it arrives on an IPv6 socket (`::ffff:192.0.2.1`).
   */
  readonly allowedCidrs: readonly string[];
}

/**
 * Moves packets from external ports to instances. The one in this folder is a relay in user space;
 * a kernel data path would be another implementation of this interface and change nothing else.
 *
 * Calls for the same id take effect one after the other, in the order they were made; calls for different ids
 * do not wait for each other.
 */
export interface Gateway {
  /**
   * Opens a route, or changes an open one of the same id. What of a change applies when:
   * - target, TCP: to the next connection; open connections finish on the old target;
   * - target, UDP: to the next datagram of every client, since a client that never falls silent would
   *   otherwise stay on an instance that is gone;
   * - sources: at once; connections and flows whose source is no longer allowed are cut;
   * - protocol, external address or port: the new one is opened, then the old one closed and cut.
   *
   * Resolves when packets are carried. Rejects, leaving what was open before as it was, with a `BindError`
   * when the external port cannot be bound, a `TypeError` when a CIDR is none, or an `Error` after `shutdown`.
   */
  open(route: Route): Promise<void>;
  /**
   * Closes a route and cuts what flows through it: TCP connections are reset on both sides. Resolves when the
   * port is free again and no socket of the route is left; unknown ids are ignored.
   */
  close(id: string): Promise<void>;
  /** Closes every route, for good; resolves when no socket is left. */
  shutdown(): Promise<void>;
}
