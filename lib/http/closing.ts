import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Socket } from "node:net";

/** How long the rest of a request is waited for when the server is to end. */
const graceMs = 2_000;
/** How often idle connections are looked for: one whose last answer goes out meanwhile is kept alive by Node. */
const lookEveryMs = 50;

/**
 * How to end a server: requests that are there are answered, however long that takes; half of one is not waited for,
 * since nobody watches its time any more.
 */
export function closerOf(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  const requests = new Map<Socket, IncomingMessage>();
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (request: IncomingMessage, answer: ServerResponse) => {
    const { socket } = request;
    requests.set(socket, request);
    answer.once("close", () => requests.delete(socket));
  });
  const cutHalves = () => {
    for (const socket of sockets) if (requests.get(socket)?.complete !== true) socket.destroy();
  };
  return () =>
    new Promise((resolve) => {
      const idle = setInterval(() => server.closeIdleConnections(), lookEveryMs);
      const halves = setTimeout(cutHalves, graceMs);
      server.close(() => {
        clearInterval(idle);
        clearTimeout(halves);
        resolve();
      });
      server.closeIdleConnections();
    });
}
