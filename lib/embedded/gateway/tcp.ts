import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { acceptWith } from "./accept";
import { BindError } from "./bind-error";
import { Connection, type ConnectionLimits, originOf, reset } from "./connection";
import { type Endpoint, type Listener, type Rule, type Shared, turnAway } from "./listener";
import { Pump } from "./pump";

/** Connections that may wait to be accepted; the kernel caps it at `net.core.somaxconn`. */
const backlog = 4_096;

/** Limits of TCP; see `RelayOptions`. */
export interface TcpOptions extends ConnectionLimits {
  readonly tcpConnectionsPerRoute: number;
}

/** Listens on a TCP port. Rejects with a `BindError`, leaving no socket, when it cannot. */
export async function listenTcp(
  at: Endpoint,
  rule: Rule,
  shared: Shared,
  options: TcpOptions,
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen({ host: at.ip, port: at.port, backlog, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    throw new BindError(at, error as NodeJS.ErrnoException);
  }
  return new TcpListener(server, rule, shared, options);
}

class TcpListener implements Listener {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #rule: Rule;
  #drained: (() => void) | undefined;

  constructor(server: Server, rule: Rule, shared: Shared, options: TcpOptions) {
    const { counters } = shared;
    this.#server = server;
    this.#rule = rule;
    // A connection that could not be accepted (no file descriptor left) is the client's loss alone.
    server.on("error", () => {});
    const closed = (connection: Connection) => {
      counters.over();
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#drained?.();
    };
    acceptWith(
      server,
      () => new Pump(counters.in),
      (client, fromClient) => {
        const rule = this.#rule;
        const allowed = rule.sources.allow(client);
        if (!allowed || counters.open >= options.tcpConnectionsPerRoute) {
          const reason = allowed ? "too_many_connections" : "source_not_allowed";
          turnAway(shared, reason, { protocol: "tcp", client: originOf(client), target: rule.target });
          return reset(client);
        }
        counters.letIn();
        this.#connections.add(new Connection(client, fromClient, rule, options, shared, closed));
      },
    );
  }

  update(rule: Rule): void {
    this.#rule = rule;
    for (const connection of this.#connections) if (!rule.sources.allow(connection)) connection.cut();
  }

  async close(until?: AbortSignal): Promise<void> {
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    // It listens no more from here on; its `close` comes with the end of the last connection.
    const closed = once(this.#server.close(), "close");
    const cut = () => {
      for (const connection of this.#connections) connection.cut();
    };
    if (!until || until.aborted) cut();
    else until.addEventListener("abort", cut);
    if (this.#connections.size === 0) this.#drained?.();
    await Promise.all([drained, closed]);
    until?.removeEventListener("abort", cut);
  }
}
