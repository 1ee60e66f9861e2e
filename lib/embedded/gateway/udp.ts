import type { RemoteInfo, Socket } from "node:dgram";
import { once } from "node:events";
import { BindError } from "./bind-error";
import { Flow, sendOrDrop, udpSocket } from "./flow";
import type { Endpoint, Listener, Rule, Shared } from "./listener";

/** Limits of UDP; see `RelayOptions`. */
export interface UdpOptions {
  readonly udpIdleMs: number;
}

/** Binds a UDP port. Rejects with a `BindError`, leaving no socket, when it cannot. */
export async function listenUdp(
  at: Endpoint,
  rule: Rule,
  shared: Shared,
  options: UdpOptions,
): Promise<Listener> {
  const socket = udpSocket(at.ip);
  try {
    const bound = once(socket, "listening");
    socket.bind({ address: at.ip, port: at.port, exclusive: true });
    await bound;
  } catch (error) {
    await once(socket.close(), "close");
    throw new BindError(at, error as NodeJS.ErrnoException);
  }
  return new UdpListener(socket, rule, shared, options.udpIdleMs);
}

class UdpListener implements Listener {
  readonly #socket: Socket;
  readonly #shared: Shared;
  readonly #idleMs: number;
  /** By client, as `port address`. */
  readonly #flows = new Map<string, Flow>();
  readonly #closing = new Set<Promise<void>>();
  #rule: Rule;

  constructor(socket: Socket, rule: Rule, shared: Shared, idleMs: number) {
    this.#socket = socket;
    this.#rule = rule;
    this.#shared = shared;
    this.#idleMs = idleMs;
    // What Linux reports here concerns one client's reply (ICMP), never the socket.
    socket.on("error", () => {});
    socket.on("message", (message, client) => this.#receive(message, client));
  }

  update(rule: Rule): void {
    const before = this.#rule.target;
    const { target, sources } = rule;
    const moved = target.host !== before.host || target.port !== before.port;
    this.#rule = rule;
    for (const flow of this.#flows.values()) if (moved || !sources.allow(flow)) flow.drop();
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    for (const flow of this.#flows.values()) flow.drop();
    await Promise.all([closed, ...this.#closing]);
  }

  #receive(message: Uint8Array, client: RemoteInfo): void {
    const key = `${client.port} ${client.address}`;
    const flow = this.#flows.get(key) ?? this.#create(key, client);
    if (flow === undefined) return;
    if (flow.answered && !flow.converses) {
      flow.converses = true;
      this.#shared.flows.converses(flow);
    }
    if (flow.send(message)) this.#shared.counters.in.add(message.length);
  }

  /** A flow for a new client; undefined when it may not send, or when the table is full of conversations. */
  #create(key: string, { address, port }: RemoteInfo): Flow | undefined {
    const { counters, flows } = this.#shared;
    const { target, sources } = this.#rule;
    const allowed = sources.allow({ remoteAddress: address });
    if (!allowed || !flows.makeRoom()) {
      counters.refused(allowed ? "flow_table_full" : "source_not_allowed", address);
      return undefined;
    }
    const flow: Flow = new Flow(
      address,
      target,
      this.#idleMs,
      (message) => {
        if (sendOrDrop(this.#socket, message, port, address)) counters.out.add(message.length);
      },
      (reason) => counters.refused(reason, address),
      () => this.#drop(key, flow),
    );
    this.#flows.set(key, flow);
    flows.add(flow);
    counters.letIn();
    return flow;
  }

  #drop(key: string, flow: Flow): void {
    if (this.#flows.get(key) !== flow) return;
    this.#flows.delete(key);
    this.#shared.flows.remove(flow);
    this.#shared.counters.over();
    const closed = flow.close().then(() => {
      this.#closing.delete(closed);
    });
    this.#closing.add(closed);
  }
}
