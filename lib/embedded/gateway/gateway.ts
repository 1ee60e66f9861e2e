import type { Refusal } from "./refusal";
import type { RouteStatistics } from "./statistics";

/** What a forward asks of a gateway: where packets arrive, where they go, and who may send them. */
export interface Route {
  /** The forward's id; a second `open` with the same id changes the route in place. */
  readonly id: string;
  readonly protocol: "tcp" | "udp";
  /** The IPv4 or IPv6 address to listen on; it must be an address of this machine. */
  readonly externalIp: string;
  /** The first port to listen on; the last one is at most 65535. */
  readonly externalPort: number;
  /** How many consecutive ports to listen on, 1 to 1,000. */
  readonly portCount: number;
  /**
   * The instance's IPv4 or IPv6 address, and its port for the first external one; those that follow belong to
   * the ports that follow. It need not answer when the route is opened.
   */
  readonly target: { readonly host: string; readonly port: number };
  /**
   * Sources that may connect, as IPv4 or IPv6 CIDRs or single addresses; empty means everyone. An IPv4 client
   * is an IPv4 source even where it arrives on an IPv6 socket (`::ffff:192.0.2.1`).
   */
  readonly allowedCidrs: readonly string[];
  /**
   * Whether each TCP connection to the instance begins with a PROXY protocol v2 header that names the client; nothing
   * of UDP.
   * @default false
   */
  readonly proxyProtocol?: boolean;
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
   * Opens a route, all of its ports or none, or changes an open one of the same id. What of a change applies when:
   * - target and PROXY protocol, TCP: to the next connection; open connections finish on the old target;
   * - target, UDP: to the next datagram of every client, since a client that never falls silent would
   *   otherwise stay on an instance that is gone;
   * - sources: at once; connections and flows whose source is no longer allowed are cut;
   * - first port, number of ports: what is new is opened, then what is left out closed and cut. A port that the
   *   route keeps stays open all the time, with what flows through it;
   * - protocol, external address: all ports of the new one are opened, then those of the old one closed and cut.
   *
   * Resolves when packets are carried. Rejects, leaving what was open before as it was, with a `BindError`
   * that names the port which cannot be bound, a `TypeError` when a CIDR is none, or an `Error` after `shutdown`.
   */
  open(route: Route): Promise<void>;
  /**
   * Closes a route and cuts what flows through it: TCP connections are reset on both sides. Resolves with the
   * final counts when the ports are free again and no socket of the route is left; with undefined for unknown ids.
   */
  close(id: string): Promise<RouteStatistics | undefined>;
  /**
   * What an open route has carried since it was opened, through all changes; undefined for unknown ids. A route
   * that is closed and opened again begins anew.
   */
  statistics(id: string): RouteStatistics | undefined;
  /**
   * Whom an open route turned away last, when and why, through all changes; undefined where it has turned nobody
   * away since it was opened, and for unknown ids. It is kept in memory only.
   */
  lastRefusal(id: string): Refusal | undefined;
  /**
   * Closes every route, for good; resolves with the final counts of each by id, when no socket is left. No port takes
   * newcomers from now on. TCP connections may finish until the signal aborts, and are cut then; without a signal all
   * are cut at once, as UDP flows are, which have no end that could be waited for.
   */
  shutdown(until?: AbortSignal): Promise<ReadonlyMap<string, RouteStatistics>>;
}
