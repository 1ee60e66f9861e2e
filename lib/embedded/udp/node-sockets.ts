import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import { receiveBufferBytes, type UdpEvents, type UdpSocket, type UdpSockets } from "./socket";

/** Bytes that may wait in a socket's send queue; UDP drops beyond that instead of growing memory. */
const mostQueuedBytes = 1 << 20;

/** Datagrams that are sent without a look at the queue: asking costs a tenth of sending. */
const datagramsPerLook = 16;

/** Datagrams kept while a socket is being connected; more than a burst of openers is dropped. */
const mostWaiting = 16;

/** The UDP sockets of Node.js: they are everywhere. */
export const nodeSockets: UdpSockets = {
  isBatching: false,

  async bind({ ip, port }, events) {
    const socket = udpSocket(ip);
    try {
      const bound = once(socket, "listening");
      socket.bind({ address: ip, port, exclusive: true });
      await bound;
    } catch (error) {
      await once(socket.close(), "close");
      throw error;
    }
    return new NodeSocket(socket, events);
  },

  connect({ host, port }, events) {
    const socket = udpSocket(host);
    const connecting = new NodeSocket(socket, events);
    connecting.connect(port, host);
    return connecting;
  },
};

/** A socket of Node.js, as it is told of and sends. */
export class NodeSocket implements UdpSocket {
  readonly #socket: Socket;
  readonly #events: UdpEvents;
  readonly #closed: Promise<unknown>;
  #waiting: Uint8Array[] | undefined;
  #sent = 0;
  #full = false;

  constructor(socket: Socket, events: UdpEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#closed = once(socket, "close").catch(() => {});
    socket.on("message", (message, { port, address }) => events.message(message, port, address));
    // Without a descriptor it fails within `connect`, when whoever asks has no socket yet that could be closed.
    socket.on("error", (error) =>
      this.#waiting ? queueMicrotask(() => events.failed(error)) : events.error(error),
    );
  }

  connect(port: number, host: string): void {
    this.#waiting = [];
    // Its types leave out that what fails is told here, too.
    this.#socket.connect(port, host, (error?: NodeJS.ErrnoException) => {
      if (error) return this.#events.failed(error);
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const message of waiting) this.send(message);
    });
  }

  /** Without a callback, so that an error (ICMP, no route) is dropped like the datagram it belongs to. */
  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (this.#waiting) {
      if (this.#waiting.length >= mostWaiting) return false;
      this.#waiting.push(Buffer.from(message));
      return true;
    }
    if (this.#full || ++this.#sent % datagramsPerLook === 0) {
      this.#full = this.#socket.getSendQueueSize() > mostQueuedBytes;
      if (this.#full) return false;
    }
    // What is not in memory of Node's is lent, and Node may send it later.
    const own = Buffer.isBuffer(message) ? message : Buffer.from(message);
    if (port === undefined) this.#socket.send(own);
    else this.#socket.send(own, port, address);
    return true;
  }

  /** Whether datagrams wait until the system takes them. */
  get isCongested(): boolean {
    return this.#socket.getSendQueueCount() > 0;
  }

  async close(): Promise<void> {
    this.#waiting = [];
    this.#socket.close();
    await this.#closed;
  }
}

/** A socket of the family of an IPv4 or IPv6 address. */
export function udpSocket(address: string): Socket {
  const type = isIP(address) === 6 ? "udp6" : "udp4";
  return createSocket({
    type,
    recvBufferSize: receiveBufferBytes,
    // Node would otherwise pass each datagram's address through `dns.lookup` and a tick.
    lookup: (host, _options, done) => done(null, host, type === "udp6" ? 6 : 4),
  });
}
