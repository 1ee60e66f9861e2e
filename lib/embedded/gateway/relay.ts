import { nodeSockets, type UdpSockets } from "../udp";
import type { EndListener } from "./connection-end";
import type { Gateway, Route } from "./gateway";
import { OpenRoute, type RouteOptions } from "./open-route";
import type { Refusal } from "./refusal";
import type { RouteStatistics } from "./statistics";

/** How the relay treats what it carries; all have defaults. */
export interface RelayOptions {
  /**
   * Milliseconds that an instance has to accept a TCP connection before its client is reset.
   * @default 5,000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds after which a TCP connection is closed that nothing has come through from either side, to a quarter
   * of it. Peers that are gone are noticed without it, by the kernel's keep-alive.
   * @default 0: never, for an open shell may be silent for days
   */
  readonly tcpIdleMs?: number;
  /**
   * TCP connections that one route may have at a time, over all of its ports; each takes two file descriptors. Further
   * ones are reset, so that whoever floods one route leaves descriptors to the others.
   * @default 10,000
   */
  readonly tcpConnectionsPerRoute?: number;
  /**
   * Milliseconds after which a UDP flow without a datagram in either direction is forgotten, to a quarter of it.
   * @default 60,000
   */
  readonly udpIdleMs?: number;
  /**
   * UDP flows (client addresses and ports) that one route may have at a time, over all of its ports; each takes
   * a file descriptor.
   * When they are used up, a new client takes the place of the oldest flow that has shown no conversation,
   * and is dropped where every flow has.
   * @default 1,024
   */
  readonly udpFlowsPerRoute?: number;
  /**
   * Where UDP sockets come from.
   * @default those of Node.js
   */
  readonly udpSockets?: UdpSockets | undefined;
  /** Takes every connection and flow that is over or was turned away. @default nobody is told */
  readonly ended?: EndListener | undefined;
}

const defaults: Omit<RouteOptions, "udpSockets"> = {
  connectTimeoutMs: 5_000,
  tcpIdleMs: 0,
  tcpConnectionsPerRoute: 10_000,
  udpIdleMs: 60_000,
  udpFlowsPerRoute: 1_024,
};

/**
 * A gateway that relays in user space: unprivileged, any Linux. Connections to the instance come from this
 * machine's address, not from the client's. What it costs grows with what is open, never the time to open one.
 */
export function relayGateway(options: RelayOptions = {}): Gateway {
  const { udpSockets = nodeSockets } = options;
  return new Relay({ ...defaults, ...options, udpSockets });
}

class Relay implements Gateway {
  readonly #options: RouteOptions;
  readonly #open = new Map<string, OpenRoute>();
  /** The last call of each id that has not settled yet. */
  readonly #pending = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: RouteOptions) {
    this.#options = options;
  }

  open(route: Route): Promise<void> {
    return this.#inTurn(route.id, async () => {
      if (this.#closed) throw new Error(`route ${route.id} cannot be opened: the gateway is shut down`);
      const present = this.#open.get(route.id) ?? new OpenRoute(route.id, this.#options);
      await present.change(route);
      this.#open.set(route.id, present);
    });
  }

  close(id: string, until?: AbortSignal): Promise<RouteStatistics | undefined> {
    return this.#inTurn(id, async () => {
      const present = this.#open.get(id);
      await present?.close(until);
      this.#open.delete(id);
      return present?.statistics;
    });
  }

  statistics(id: string): RouteStatistics | undefined {
    return this.#open.get(id)?.statistics;
  }

  lastRefusal(id: string): Refusal | undefined {
    return this.#open.get(id)?.lastRefusal;
  }

  async shutdown(until?: AbortSignal): Promise<ReadonlyMap<string, RouteStatistics>> {
    this.#closed = true;
    const final = new Map<string, RouteStatistics>();
    const ids = new Set([...this.#open.keys(), ...this.#pending.keys()]);
    await Promise.all(
      [...ids].map(async (id) => {
        const statistics = await this.close(id, until);
        if (statistics) final.set(id, statistics);
      }),
    );
    return final;
  }

  /** Runs what is asked of one id after what was asked of it before, whether or not that succeeded. */
  #inTurn<T>(id: string, run: () => Promise<T>): Promise<T> {
    const result = (this.#pending.get(id) ?? Promise.resolve()).then(run);
    const settled = result
      .catch(() => {})
      .then(() => {
        if (this.#pending.get(id) === settled) this.#pending.delete(id);
      });
    this.#pending.set(id, settled);
    return result;
  }
}
