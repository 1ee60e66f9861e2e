import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { acceptWith } from "./accept";
import { BindError } from "./bind-error";
import { Connection, reset } from "./connection";
import type { Endpoint, Listener, Rule, Shared } from "./listener";
import { Pump } from "./pump";
import type { Counters } from "./statistics";

/** Connections that may wait to be accepted; the kernel caps it at `net.core.somaxconn`. */
const backlog = 4_096;

/** Limits of TCP; see `RelayOptions`. */
export interface TcpOptions {
  readonly connectTimeoutMs: number;
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
  return new TcpListener(server, rule, shared.counters, options.connectTimeoutMs);
}

class TcpListener implements Listener {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #rule: Rule;
  #drained: (() => void) | undefined;

  constructor(server: Server, rule: Rule, counters: Counters, connectTimeoutMs: number) {
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
        const { sources, target } = this.#rule;
        if (!sources.allow(client)) {
          counters.refused("source_not_allowed", client.remoteAddress);
          return reset(client);
        }
        counters.letIn();
        this.#connections.add(new Connection(client, fromClient, target, connectTimeoutMs, counters, closed));
      },
    );
  }

  update(rule: Rule): void {
    this.#rule = rule;
    for (const connection of this.#connections) if (!rule.sources.allow(connection)) connection.cut();
  }

  async close(): Promise<void> {
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    for (const connection of this.#connections) connection.cut();
    if (this.#connections.size === 0) this.#drained?.();
    await Promise.all([drained, once(this.#server.close(), "close")]);
  }
}
