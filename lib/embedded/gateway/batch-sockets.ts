import { isIPv4 } from "node:net";
import { constants } from "node:os";
import { IncomingDatagrams } from "./incoming-datagrams";
import { NodeSocket, nodeSockets, udpSocket } from "./node-sockets";
import { type OutgoingDatagram, OutgoingDatagrams } from "./outgoing-datagrams";
import { ReadySet } from "./ready-set";
import { socketName } from "./socket-name";
import {
  closeOnExec,
  internet,
  type SystemCalls,
  segmentSize,
  systemError,
  udpLevel,
  withoutWaiting,
} from "./system-calls";
import type { UdpEvents, UdpSocket, UdpSockets } from "./udp-socket";

/** `SOCK_DGRAM` that does not block. */
const datagrams = 2 | 0o4000 | closeOnExec;

/** `SOL_SOCKET` and `SO_REUSEADDR`. */
const socketLevel = 1;
const reuseAddress = 2;

const { EAGAIN, EINVAL, EIO, EMSGSIZE, ENOBUFS } = constants.errno;

/** That there is nothing to take, or no room for what is sent: no error of a socket that never waits. 0 is none at all. */
const passing: ReadonlySet<number> = new Set([EAGAIN, ENOBUFS, 0]);

/** That several datagrams cannot go as one message on this way: each by itself may be able to. */
const apart: ReadonlySet<number> = new Set([EINVAL, EIO, EMSGSIZE]);

/** Datagrams that one socket takes in a turn of the event loop by batches, so that others have theirs. */
const mostInATurn = 512;

/**
 * UDP sockets that take and send many datagrams by one call of the system, which is most of what a datagram costs
 * otherwise. Node.js waits for them, takes the first datagram, and keeps what the system does not take at once; those of
 * IPv6 are its own.
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
    mostAtOnce: exchange.incoming.size,
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

/** What all sockets share: datagrams of one come in, and have gone out into others before those of the next come. */
class Exchange {
  readonly incoming: IncomingDatagrams;
  readonly outgoing: OutgoingDatagrams;
  readonly sockets: ReadySet<BatchSocket>;
  /** The sockets that have some of what came in to send. */
  readonly unsent: BatchSocket[] = [];
  /** Whether the system knows several datagrams as one message: where it does not, it sends them as one datagram. */
  readonly joins: boolean;
  #turn = 0;
  #isTurnOver = true;

  constructor(readonly calls: SystemCalls) {
    this.incoming = new IncomingDatagrams(calls);
    this.outgoing = new OutgoingDatagrams(calls, this.incoming);
    this.sockets = new ReadySet(calls);
    const fd = calls.socket(internet, datagrams, 0);
    this.joins = setOption(calls, fd, udpLevel, segmentSize, 0);
    calls.close(fd);
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

  /** Takes what waits at any socket, and sends what became of it: Node.js tells of each by itself, which costs more. */
  carry(): void {
    for (const socket of this.sockets.ready()) socket.drain();
    this.flush();
  }

  flush(): void {
    for (const socket of this.unsent) socket.flush();
    this.unsent.length = 0;
  }
}

/** Whether the system has set an option of a socket. */
function setOption(calls: SystemCalls, fd: number, level: number, option: number, value: number): boolean {
  const encoded = new Uint8Array(Int32Array.of(value).buffer);
  return calls.setsockopt(fd, level, option, encoded, encoded.length) === 0;
}

class BatchSocket implements UdpSocket {
  readonly #socket: NodeSocket;
  #outgoing: OutgoingDatagram[] = [];
  #isOpen = true;
  #isCongested = false;
  #joins: boolean;
  #turn = 0;
  #leftInTurn = 0;

  constructor(
    private readonly fd: number,
    private readonly events: UdpEvents,
    private readonly exchange: Exchange,
  ) {
    this.#joins = exchange.joins;
    exchange.sockets.add(fd, this);
    const socket = udpSocket("0.0.0.0");
    this.#socket = new NodeSocket(socket, {
      ...events,
      message: (message, port, address) => {
        events.message(exchange.incoming.hold(message), port, address);
        exchange.carry();
      },
    });
    // From here on it is closed with the socket of Node, which lets others have its port, too: that has to end.
    socket.bind({ fd, exclusive: true });
    setOption(exchange.calls, fd, socketLevel, reuseAddress, 0);
  }

  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (!this.#isOpen) return false;
    const { incoming, calls, unsent } = this.exchange;
    if (incoming.holds(message)) {
      if (this.#outgoing.push({ message, port, address }) === 1) unsent.push(this);
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
    this.exchange.sockets.remove(this.fd);
    await this.#socket.close();
  }

  /** Sends what of the datagrams that came in goes out here. */
  flush(): void {
    const { outgoing, calls } = this.exchange;
    let left = this.#outgoing;
    this.#outgoing = [];
    while (left.length > 0 && this.#isOpen && !this.#mustWait()) {
      const sent = outgoing.send(this.fd, left, this.#joins);
      if (sent === left.length) return;
      if (sent > 0) left = left.slice(sent);
      else if (this.#joins && apart.has(calls.errno())) this.#joins = false;
      else if (this.#failed()) left = left.slice(1);
      else break;
    }
    for (const one of left) this.#wait(one);
  }

  /** Takes what is there, batch by batch, and sends what became of each. */
  drain(): void {
    const { incoming, turn } = this.exchange;
    if (this.#turn !== turn) this.#leftInTurn = mostInATurn;
    this.#turn = turn;
    for (let count = incoming.size; count === incoming.size && this.#leftInTurn > 0 && this.#isOpen; ) {
      count = incoming.receive(this.fd);
      if (count === -1) this.#failed();
      for (let i = 0; i < count && this.#isOpen; i++)
        this.events.message(incoming.message(i), incoming.port(i), incoming.address(i));
      this.#leftInTurn -= count;
      this.exchange.flush();
    }
  }

  /** Whether others wait that were sent before. */
  #mustWait(): boolean {
    this.#isCongested &&= this.#socket.isCongested;
    return this.#isCongested;
  }

  /** Leaves a datagram to Node until the system takes it. Towards an instance, which is on this machine, none waits. */
  #wait({ message, port, address }: OutgoingDatagram): boolean {
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
