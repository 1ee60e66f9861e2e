import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { acceptWith } from "./accept";
import { BindError } from "./bind-error";
import { Connection, reset } from "./connection";
import type { Route } from "./gateway";
import type { Listener } from "./listener";
import { Pump } from "./pump";
import type { Sources } from "./sources";

/** Connections that may wait to be accepted; the kernel caps it at `net.core.somaxconn`. */
const backlog = 4_096;

/** Listens on a TCP route's external port. Rejects with a `BindError`, leaving no socket, when it cannot. */
export async function listenTcp(
  route: Route,
  sources: Sources,
  options: { readonly connectTimeoutMs: number },
): Promise<Listener> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen({ host: route.externalIp, port: route.externalPort, backlog, exclusive: true });
  try {
    await once(server, "listening");
  } catch (error) {
    throw new BindError(route, error as NodeJS.ErrnoException);
  }
  return new TcpListener(server, route.target, sources, options.connectTimeoutMs);
}

class TcpListener implements Listener {
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  #target: Route["target"];
  #sources: Sources;
  #drained: (() => void) | undefined;

  constructor(server: Server, target: Route["target"], sources: Sources, connectTimeoutMs: number) {
    this.#server = server;
    this.#target = target;
    this.#sources = sources;
    // A connection that could not be accepted (no file descriptor left) is the client's loss alone.
    server.on("error", () => {});
    const closed = (connection: Connection) => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#drained?.();
    };
    // Counters of the route belong in this callback and in `closed`, bytes in `Pump.write`.
    acceptWith(
      server,
      () => new Pump(),
      (client, fromClient) => {
        if (!this.#sources.allow(client)) return reset(client);
        this.#connections.add(new Connection(client, fromClient, this.#target, connectTimeoutMs, closed));
      },
    );
  }

  update(target: Route["target"], sources: Sources): void {
    this.#target = target;
    this.#sources = sources;
    for (const connection of this.#connections) if (!sources.allow(connection)) connection.cut();
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
