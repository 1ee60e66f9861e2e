import type { RemoteInfo, Socket } from "node:dgram";
import { once } from "node:events";
import { BindError } from "./bind-error";
import { Flow, sendOrDrop, udpSocket } from "./flow";
import type { Route } from "./gateway";
import type { Listener } from "./listener";
import type { Sources } from "./sources";

/** Limits of a UDP route; see `RelayOptions`. */
interface UdpOptions {
  readonly udpIdleMs: number;
  readonly udpFlowsPerRoute: number;
}

/** Binds a UDP route's external port. Rejects with a `BindError`, leaving no socket, when it cannot. */
export async function listenUdp(route: Route, sources: Sources, options: UdpOptions): Promise<Listener> {
  const socket = udpSocket(route.externalIp);
  try {
    const bound = once(socket, "listening");
    socket.bind({ address: route.externalIp, port: route.externalPort, exclusive: true });
    await bound;
  } catch (error) {
    await once(socket.close(), "close");
    throw new BindError(route, error as NodeJS.ErrnoException);
  }
  return new UdpListener(socket, route.target, sources, options);
}

class UdpListener implements Listener {
  readonly #socket: Socket;
  readonly #options: UdpOptions;
  /** By client, as `port address`. */
  readonly #flows = new Map<string, Flow>();
  /**
   * Flows that were not seen to converse, oldest first: no answer yet, or no datagram of the client after it.
   * Whoever forges source addresses makes only such flows, so they alone give way when the table is full, and
   * conversations that go on are never pushed out by newcomers.
   */
  readonly #fresh = new Map<string, Flow>();
  readonly #closing = new Set<Promise<void>>();
  #target: Route["target"];
  #sources: Sources;

  constructor(socket: Socket, target: Route["target"], sources: Sources, options: UdpOptions) {
    this.#socket = socket;
    this.#target = target;
    this.#sources = sources;
    this.#options = options;
    // What Linux reports here concerns one client's reply (ICMP), never the socket.
    socket.on("error", () => {});
    socket.on("message", (message, client) => this.#receive(message, client));
  }

  update(target: Route["target"], sources: Sources): void {
    const moved = target.host !== this.#target.host || target.port !== this.#target.port;
    this.#target = target;
    this.#sources = sources;
    for (const [key, flow] of this.#flows) if (moved || !sources.allow(flow)) this.#drop(key, flow);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    for (const [key, flow] of this.#flows) this.#drop(key, flow);
    await Promise.all([closed, ...this.#closing]);
  }

  // Counters of the route belong here, in `#create` and in its reply.
  #receive(message: Uint8Array, client: RemoteInfo): void {
    const key = `${client.port} ${client.address}`;
    const flow = this.#flows.get(key) ?? this.#create(key, client);
    if (flow === undefined) return;
    if (flow.answered && this.#fresh.size > 0) this.#fresh.delete(key);
    flow.send(message);
  }

  /** A flow for a new client; undefined when it may not send, or when the table is full of conversations. */
  #create(key: string, { address, port }: RemoteInfo): Flow | undefined {
    if (!this.#sources.allow({ remoteAddress: address })) return undefined;
    if (this.#flows.size >= this.#options.udpFlowsPerRoute) {
      const [oldest] = this.#fresh;
      if (oldest === undefined) return undefined;
      this.#drop(...oldest);
    }
    const flow: Flow = new Flow(
      address,
      this.#target,
      this.#options.udpIdleMs,
      (message) => sendOrDrop(this.#socket, message, port, address),
      () => this.#drop(key, flow),
    );
    this.#flows.set(key, flow);
    this.#fresh.set(key, flow);
    return flow;
  }

  #drop(key: string, flow: Flow): void {
    if (this.#flows.get(key) !== flow) return;
    this.#flows.delete(key);
    this.#fresh.delete(key);
    const closed = flow.close().then(() => {
      this.#closing.delete(closed);
    });
    this.#closing.add(closed);
  }
}
