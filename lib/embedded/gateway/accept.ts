import { type OnReadOpts, type Server, Socket, type SocketConstructorOpts } from "node:net";
import { socketOptions } from "./socket-options";

/** What Node keeps behind a server and a socket; not public, so every use of it is checked first. */
interface Handle {
  onconnection?: unknown;
  useUserBuffer?: unknown;
}

/** What takes the bytes of an accepted socket, either way: as `onread`, or as chunks; false stops the reading. */
export interface Reader {
  readonly onread: OnReadOpts;
  write(chunk: Uint8Array): boolean;
}

/**
 * Calls `accepted` for each connection of a server that listens and has `allowHalfOpen` and `pauseOnConnect`.
 * The socket is half-open, its bytes go to the reader, and it reads nothing until it is resumed.
 *
 * Node takes `onread` where a socket connects but not where one is accepted, although the class is the same. So
 * the accepted handle is wrapped here as the server would, plus that option. Where a Node version looks different
 * inside, its own sockets are used, and their chunks cost an allocation each.
 */
export function acceptWith<R extends Reader>(
  server: Server,
  reader: () => R,
  accepted: (socket: Socket, reader: R) => void,
): void {
  server.on("connection", (socket) => {
    const own = reader();
    socket.on("data", (chunk) => own.write(chunk) || socket.pause());
    accepted(socket, own);
  });
  const listening = (server as unknown as { _handle?: Handle | null })._handle;
  const byNode = listening?.onconnection;
  if (!listening || typeof byNode !== "function") return;
  listening.onconnection = function (this: unknown, status: number, handle?: Handle): void {
    if (status !== 0 || typeof handle?.useUserBuffer !== "function") {
      byNode.call(this, status, handle);
      return;
    }
    const own = reader();
    const options: SocketConstructorOpts & { handle: Handle; pauseOnCreate: true; onread: OnReadOpts } = {
      handle,
      allowHalfOpen: true,
      pauseOnCreate: true,
      onread: own.onread,
    };
    accepted(new Socket(socketOptions(options)), own);
  };
}
