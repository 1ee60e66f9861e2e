import { isIPv4 } from "node:net";
import { constants } from "node:os";
import { DatagramBatch, socketName } from "./datagram-batch";
import { NodeSocket, nodeSockets, udpSocket } from "./node-sockets";
import { internet, type SystemCalls, systemError, withoutWaiting } from "./system-calls";
import type { UdpEvents, UdpSocket, UdpSockets } from "./udp-socket";

/** `SOCK_DGRAM` that neither blocks nor is inherited. */
const datagrams = 2 | 0o4000 | 0o2000000;

/** `SOL_SOCKET` and `SO_REUSEADDR`. */
const socketLevel = 1;
const reuseAddress = 2;

/** That there is nothing to take, or no room for what is sent: no error of a socket that never waits. 0 is none at all. */
const passing: ReadonlySet<number> = new Set([constants.errno.EAGAIN, constants.errno.ENOBUFS, 0]);

/** Datagrams that one socket takes in a turn of the event loop by batches, so that others have theirs. */
const mostInATurn = 512;

/**
 * UDP sockets that take and send many datagrams by one call of the system, which is most of what a datagram costs
 * otherwise. Node.js waits for them, takes the first of each batch, and keeps what the system does not take at once;
 * those of IPv6 are its own.
 */
export function batchSockets(calls: SystemCalls): UdpSockets {
  const exchange = new Exchange(calls);
  const open = (port: number, address: string, name: "bind" | "connect", events: UdpEvents): BatchSocket => {
    const fd = calls.socket(internet, datagrams, 0);
    if (fd === -1) throw systemError(calls.errno());
    try {
      const encoded = socketName(port, address);
      if (calls[name](fd, encoded, encoded.length) === -1) throw systemError(calls.errno());
      return new BatchSocket(fd, events, exchange);
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

/** What all sockets share: one batch, for it is sent before the next one is taken. */
class Exchange {
  readonly batch: DatagramBatch;
  /** The sockets that have something of the batch to send. */
  readonly unsent = new Set<BatchSocket>();
  #turn = 0;
  #isTurnOver = true;

  constructor(readonly calls: SystemCalls) {
    this.batch = new DatagramBatch(calls);
  }

  /** A number that no other turn of the event loop has. */
  get turn(): number {
    if (this.#isTurnOver) {
      this.#isTurnOver = false;
      this.#turn++;
      setImmediate(() => {
        this.#isTurnOver = true;
      });
    }
    return this.#turn;
  }

  flush(): void {
    for (const socket of this.unsent) socket.flush();
    this.unsent.clear();
  }
}

interface Outgoing {
  readonly message: Uint8Array;
  readonly port: number | undefined;
  readonly address: string | undefined;
}

class BatchSocket implements UdpSocket {
  readonly #socket: NodeSocket;
  #outgoing: Outgoing[] = [];
  #isOpen = true;
  #isCongested = false;
  #turn = 0;
  #leftInTurn = 0;

  constructor(
    private readonly fd: number,
    private readonly events: UdpEvents,
    private readonly exchange: Exchange,
  ) {
    const socket = udpSocket("0.0.0.0");
    this.#socket = new NodeSocket(socket, {
      ...events,
      message: (message, port, address) => {
        events.message(exchange.batch.hold(message), port, address);
        this.#drain();
      },
    });
    // From here on it is closed with the socket of Node, which lets others have its port, too: that has to end.
    socket.bind({ fd, exclusive: true });
    const off = new Uint8Array(4);
    exchange.calls.setsockopt(fd, socketLevel, reuseAddress, off, off.length);
  }

  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (!this.#isOpen) return false;
    const { batch, calls, unsent } = this.exchange;
    if (batch.holds(message)) {
      if (this.#outgoing.length === batch.size) this.flush();
      this.#outgoing.push({ message, port, address });
      unsent.add(this);
      return true;
    }
    if (this.#mustWait()) return this.#wait({ message, port, address });
    const to = port === undefined || address === undefined ? null : socketName(port, address);
    const sent = calls.sendto(this.fd, message, message.length, withoutWaiting, to, to?.length ?? 0);
    return sent !== -1 || (!this.#failed() && this.#wait({ message, port, address }));
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    this.#outgoing = [];
    this.exchange.unsent.delete(this);
    await this.#socket.close();
  }

  /** Sends what is there of the batch. */
  flush(): void {
    const { batch } = this.exchange;
    const outgoing = this.#outgoing;
    this.#outgoing = [];
    if (this.#mustWait()) {
      for (const one of outgoing) this.#wait(one);
      return;
    }
    for (const [i, { message, port, address }] of outgoing.entries()) batch.put(i, message, port, address);
    for (let next = 0; next < outgoing.length && this.#isOpen; ) {
      const sent = batch.send(this.fd, next, outgoing.length - next);
      if (sent > 0) next += sent;
      else if (this.#failed()) next++;
      else {
        for (const one of outgoing.slice(next)) this.#wait(one);
        return;
      }
    }
  }

  /** Takes what else has come, batch by batch, and sends what became of each. */
  #drain(): void {
    const { batch, turn } = this.exchange;
    if (this.#turn !== turn) this.#leftInTurn = mostInATurn;
    this.#turn = turn;
    for (let count = batch.size; count === batch.size && this.#leftInTurn > 0 && this.#isOpen; ) {
      count = batch.receive(this.fd);
      if (count === -1) this.#failed();
      for (let i = 0; i < count && this.#isOpen; i++)
        this.events.message(batch.message(i), batch.port(i), batch.address(i));
      this.#leftInTurn -= count;
      this.exchange.flush();
    }
    this.exchange.flush();
  }

  /** Whether others wait that were sent before. */
  #mustWait(): boolean {
    this.#isCongested &&= this.#socket.isCongested;
    return this.#isCongested;
  }

  /** Leaves a datagram to Node until the system takes it. Towards an instance, which is on this machine, none waits. */
  #wait({ message, port, address }: Outgoing): boolean {
    if (port === undefined) return false;
    this.#isCongested = true;
    return this.#socket.send(message, port, address);
  }

  /** Tells the error by which a call has failed; false where it is none. */
  #failed(): boolean {
    const errno = this.exchange.calls.errno();
    if (passing.has(errno)) return false;
    this.events.error(systemError(errno));
    return true;
  }
}
