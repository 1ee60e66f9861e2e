import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";
import { constants } from "node:os";
import { DatagramBatch, socketName } from "./datagram-batch";
import { nodeSockets } from "./node-sockets";
import { type SystemCalls, systemError } from "./system-calls";
import { receiveBufferBytes, type UdpEvents, type UdpSocket, type UdpSockets } from "./udp-socket";

/** `AF_INET`, and `SOCK_DGRAM` that neither blocks nor is inherited. */
const internet = 2;
const datagrams = 2 | 0o4000 | 0o2000000;

/** `MSG_DONTWAIT`. */
const withoutWaiting = 0x40;

/** That there is nothing to take, or no room for what is sent: no error of a socket that never waits. */
const passing: ReadonlySet<number> = new Set([constants.errno.EAGAIN, constants.errno.ENOBUFS]);

/** Batches that one socket takes in a row before others have their turn. */
const batchesInARow = 4;

/**
 * UDP sockets that take and send many datagrams by one call of the system, which is most of what a datagram costs
 * otherwise. Node.js waits for them, and takes the first of each batch; those of IPv6 are its own.
 */
export function batchSockets(calls: SystemCalls): UdpSockets {
  // One for all: a batch is sent before the next one is taken.
  const batch = new DatagramBatch(calls);
  const unsent = new Set<BatchSocket>();
  const open = (port: number, address: string, name: "bind" | "connect", events: UdpEvents): BatchSocket => {
    const fd = calls.socket(internet, datagrams, 0);
    if (fd === -1) throw systemError(calls.errno());
    try {
      const encoded = socketName(port, address);
      if (calls[name](fd, encoded, encoded.length) === -1) throw systemError(calls.errno());
      return new BatchSocket(fd, events, calls, batch, unsent);
    } catch (error) {
      calls.close(fd);
      throw error;
    }
  };
  return {
    async bind(at, events) {
      return isIPv4(at.ip) ? open(at.port, at.ip, "bind", events) : nodeSockets.bind(at, events);
    },
    connect(target, events) {
      if (!isIPv4(target.host)) return nodeSockets.connect(target, events);
      try {
        return open(target.port, target.host, "connect", events);
      } catch (error) {
        // Whoever asks has no socket yet that could be closed.
        queueMicrotask(() => events.failed(error as NodeJS.ErrnoException));
        return noSocket;
      }
    },
  };
}

/** What could not be opened. */
const noSocket: UdpSocket = { send: () => false, close: async () => {} };

interface Outgoing {
  readonly message: Uint8Array;
  readonly port: number | undefined;
  readonly address: string | undefined;
}

class BatchSocket implements UdpSocket {
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;
  #outgoing: Outgoing[] = [];
  #isOpen = true;

  constructor(
    private readonly fd: number,
    private readonly events: UdpEvents,
    private readonly calls: SystemCalls,
    private readonly batch: DatagramBatch,
    /** The sockets that have something of the batch to send. */
    private readonly unsent: Set<BatchSocket>,
  ) {
    this.#socket = createSocket({ type: "udp4", recvBufferSize: receiveBufferBytes });
    this.#closed = once(this.#socket, "close").catch(() => {});
    this.#socket.on("message", (message, { port, address }) => {
      events.message(message, port, address);
      this.#drain();
    });
    this.#socket.on("error", (error) => events.error(error));
    // From here on it is closed with the socket of Node.
    this.#socket.bind({ fd, exclusive: true });
  }

  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (!this.#isOpen) return false;
    if (this.batch.holds(message)) {
      if (this.#outgoing.length === this.batch.size) this.#flush();
      this.#outgoing.push({ message, port, address });
      this.unsent.add(this);
      return true;
    }
    const to = port === undefined || address === undefined ? null : socketName(port, address);
    const sent = this.calls.sendto(this.fd, message, message.length, withoutWaiting, to, to?.length ?? 0);
    if (sent === -1) this.#failed();
    return sent !== -1;
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#outgoing = [];
    this.unsent.delete(this);
    this.#socket.close();
    await this.#closed;
  }

  /** Takes what else has come, batch by batch, and sends what became of each. */
  #drain(): void {
    for (let batches = 0; batches < batchesInARow && this.#isOpen; batches++) {
      const count = this.batch.receive(this.fd);
      if (count === -1) this.#failed();
      for (let i = 0; i < count && this.#isOpen; i++)
        this.events.message(this.batch.message(i), this.batch.port(i), this.batch.address(i));
      for (const socket of this.unsent) socket.#flush();
      this.unsent.clear();
      if (count < this.batch.size) break;
    }
  }

  #flush(): void {
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    for (const [i, { message, port, address }] of outgoing.entries())
      this.batch.put(i, message, port, address);
    for (let next = 0; next < outgoing.length && this.#isOpen; ) {
      const sent = this.batch.send(this.fd, next, outgoing.length - next);
      if (sent > 0) next += sent;
      else if (this.#failed()) next++;
      else return;
    }
  }

  /** Tells the error by which a call has failed; false where it is none. */
  #failed(): boolean {
    const errno = this.calls.errno();
    if (passing.has(errno)) return false;
    this.events.error(systemError(errno));
    return true;
  }
}
