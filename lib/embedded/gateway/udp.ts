import type { UdpSocket, UdpSockets } from "../udp";
import { BindError } from "./bind-error";
import type { EndReason } from "./connection-end";
import { Flow } from "./flow";
import { ClientTable } from "./flow-table";
import { type Endpoint, type Listener, type Rule, type Shared, turnAway } from "./listener";

/** Limits of UDP, and where its sockets come from; see `RelayOptions`. */
export interface UdpOptions {
  readonly udpIdleMs: number;
  readonly udpSockets: UdpSockets;
}

/** Binds a UDP port. Rejects with a `BindError`, leaving no socket, when it cannot. */
export async function listenUdp(
  at: Endpoint,
  rule: Rule,
  shared: Shared,
  options: UdpOptions,
): Promise<Listener> {
  const listener = new UdpListener(rule, shared, options);
  try {
    await listener.bind(at);
  } catch (error) {
    throw new BindError(at, error as NodeJS.ErrnoException);
  }
  return listener;
}

class UdpListener implements Listener {
  readonly #shared: Shared;
  readonly #options: UdpOptions;
  readonly #flows = new ClientTable();
  readonly #closing = new Set<Promise<void>>();
  #socket: UdpSocket | undefined;
  #rule: Rule;

  constructor(rule: Rule, shared: Shared, options: UdpOptions) {
    this.#rule = rule;
    this.#shared = shared;
    this.#options = options;
  }

  async bind(at: Endpoint): Promise<void> {
    this.#socket = await this.#options.udpSockets.bind(at, {
      message: (message, port, address) => this.#receive(message, port, address),
      // What Linux reports here concerns one client's reply (ICMP), never the socket.
      error: () => {},
      failed: () => {},
    });
  }

  update(rule: Rule): void {
    const before = this.#rule.target;
    const { target, sources } = rule;
    const moved = target.host !== before.host || target.port !== before.port;
    this.#rule = rule;
    for (const flow of this.#flows.values()) if (moved || !sources.allow(flow)) flow.drop("cut");
  }

  /** At once: a flow has no end that could be waited for. */
  async close(): Promise<void> {
    const closed = this.#socket?.close();
    for (const flow of this.#flows.values()) flow.drop("cut");
    await Promise.all([closed, ...this.#closing]);
  }

  #receive(message: Uint8Array, port: number, address: string): void {
    // Whoever sends from no port wants no answer, and could get none.
    if (port === 0) return;
    const flow = this.#flows.get(port, address) ?? this.#create(port, address);
    if (flow === undefined) return;
    if (flow.answered && !flow.converses) {
      flow.converses = true;
      this.#shared.flows.converses(flow);
    }
    if (!flow.send(message)) return;
    flow.bytesIn += message.length;
    this.#shared.counters.in.add(message.length);
  }

  /** A flow for a new client; undefined when it may not send, or when the table is full of conversations; see `FlowTable`. */
  #create(port: number, address: string): Flow | undefined {
    const { counters, flows } = this.#shared;
    const { target, sources } = this.#rule;
    const allowed = sources.allow({ remoteAddress: address });
    if (!allowed || !flows.makeRoom(address)) {
      const client = { host: address, port };
      const reason = allowed ? "flow_table_full" : "source_not_allowed";
      turnAway(this.#shared, reason, { protocol: "udp", client, target });
      return undefined;
    }
    const flow: Flow = new Flow({ address, port }, target, this.#options, {
      answer: (message) => {
        if (!this.#socket?.send(message, port, address)) return;
        flow.bytesOut += message.length;
        counters.out.add(message.length);
      },
      refused: (reason) => counters.refused(reason, address),
      drop: (reason) => this.#drop(flow, target, reason),
    });
    this.#flows.add(flow);
    flows.add(flow);
    counters.letIn();
    return flow;
  }

  #drop(flow: Flow, target: Rule["target"], reason: EndReason): void {
    if (!this.#flows.remove(flow)) return;
    const { id, flows, counters, ended } = this.#shared;
    flows.remove(flow);
    counters.over();
    const closed = flow.close().then(() => {
      this.#closing.delete(closed);
    });
    this.#closing.add(closed);
    const { remoteAddress: host, remotePort: port, bytesIn, bytesOut, startedAt } = flow;
    const durationMs = Date.now() - startedAt;
    const client = { host, port };
    ended?.({ id, protocol: "udp", client, target, bytesIn, bytesOut, startedAt, durationMs, reason });
  }
}
