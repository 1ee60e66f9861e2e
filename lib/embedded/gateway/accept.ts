import { type OnReadOpts, type Server, Socket, type SocketConstructorOpts } from "node:net";

/** What Node keeps behind a server and a socket; not public, so every use of it is checked first. */
interface Handle {
  onconnection?: unknown;
  useUserBuffer?: unknown;
}

/**
 * Calls `accepted` for each connection of a server that listens, with a half-open socket.
 *
 * `reader` gives an `onread` for the socket. Node takes that option where a socket connects but not where one is
 * accepted (nodejs/node has had it for clients only since 12), although the socket is the same class. So the
 * accepted handle is wrapped here, the way the server would, plus the option. Where a Node version looks
 * different inside, its own sockets are used and `accepted` is told so by `reads: "data"`.
 */
export function acceptWith<Reader extends { readonly onread: OnReadOpts }>(
  server: Server,
  reader: () => Reader,
  accepted: (socket: Socket, reader: Reader, reads: "onread" | "data") => void,
): void {
  server.on("connection", (socket) => accepted(socket, reader(), "data"));
  const listening = (server as unknown as { _handle?: Handle | null })._handle;
  const byNode = listening?.onconnection;
  if (!listening || typeof byNode !== "function") return;
  listening.onconnection = function (this: unknown, status: number, handle?: Handle): void {
    if (status !== 0 || typeof handle?.useUserBuffer !== "function") {
      byNode.call(this, status, handle);
      return;
    }
    const own = reader();
    const options: SocketConstructorOpts & { handle: Handle; onread: OnReadOpts } = {
      handle,
      allowHalfOpen: true,
      onread: own.onread,
    };
    accepted(new Socket(options), own, "onread");
  };
}
