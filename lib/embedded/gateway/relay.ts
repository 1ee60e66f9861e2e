import type { Gateway, Route } from "./gateway";
import type { Listener } from "./listener";
import { sourcesOf } from "./sources";
import { listenTcp } from "./tcp";
import { listenUdp } from "./udp";

/** How the relay treats what it carries; all have defaults. */
export interface RelayOptions {
  /**
   * Milliseconds that an instance has to accept a TCP connection before its client is reset.
   * @default 5,000
   */
  readonly connectTimeoutMs?: number;
  /**
   * Milliseconds after which a UDP flow without a datagram in either direction is forgotten.
   * @default 60,000
   */
  readonly udpIdleMs?: number;
  /**
   * UDP flows (client addresses and ports) that one route may have at a time; each takes a file descriptor.
   * When they are used up, a new client takes the place of the oldest flow that has shown no conversation,
   * and is dropped where every flow has.
   * @default 1,024
   */
  readonly udpFlowsPerRoute?: number;
}

const defaults: Required<RelayOptions> = {
  connectTimeoutMs: 5_000,
  udpIdleMs: 60_000,
  udpFlowsPerRoute: 1_024,
};

/**
 * A gateway that relays in user space: unprivileged, any Linux. Connections to the instance come from this
 * machine's address, not from the client's. What it costs grows with what is open, never the time to open one.
 */
export function relayGateway(options: RelayOptions = {}): Gateway {
  return new Relay({ ...defaults, ...options });
}

class Relay implements Gateway {
  readonly #options: Required<RelayOptions>;
  readonly #open = new Map<string, { route: Route; listener: Listener }>();
  /** The last call of each id that has not settled yet. */
  readonly #pending = new Map<string, Promise<void>>();
  #closed = false;

  constructor(options: Required<RelayOptions>) {
    this.#options = options;
  }

  open(route: Route): Promise<void> {
    return this.#inTurn(route.id, async () => {
      if (this.#closed) throw new Error(`route ${route.id} cannot be opened: the gateway is shut down`);
      const sources = sourcesOf(route.allowedCidrs);
      const current = this.#open.get(route.id);
      if (current !== undefined && samePort(current.route, route)) {
        current.listener.update(route.target, sources);
        current.route = route;
        return;
      }
      const listen = route.protocol === "tcp" ? listenTcp : listenUdp;
      const listener = await listen(route, sources, this.#options);
      this.#open.set(route.id, { route, listener });
      await current?.listener.close();
    });
  }

  close(id: string): Promise<void> {
    return this.#inTurn(id, async () => {
      const listener = this.#open.get(id)?.listener;
      this.#open.delete(id);
      await listener?.close();
    });
  }

  async shutdown(): Promise<void> {
    this.#closed = true;
    const ids = new Set([...this.#open.keys(), ...this.#pending.keys()]);
    await Promise.all([...ids].map((id) => this.close(id)));
  }

  /** Runs what is asked of one id after what was asked of it before, whether or not that succeeded. */
  #inTurn(id: string, run: () => Promise<void>): Promise<void> {
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

function samePort(one: Route, other: Route): boolean {
  return (
    one.protocol === other.protocol &&
    one.externalIp === other.externalIp &&
    one.externalPort === other.externalPort
  );
}
