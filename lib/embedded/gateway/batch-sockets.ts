import { isIPv4 } from "node:net";
import { constants } from "node:os";
import { IncomingDatagrams } from "./incoming-datagrams";
import { NodeSocket, nodeSockets, udpSocket } from "./node-sockets";
import { type OutgoingDatagram, OutgoingDatagrams } from "./outgoing-datagrams";
import { ReadySet } from "./ready-set";
import { socketName } from "./socket-name";
import {
  datagramSocket,
  internet,
  reuseAddress,
  type SocketOption,
  type SystemCalls,
  systemError,
  udpSegment,
  withoutWaiting,
} from "./system-calls";
import type { UdpEvents, UdpSocket, UdpSockets } from "./udp-socket";

const { EAGAIN, ECONNREFUSED, EINVAL, EIO, EMSGSIZE, ENOBUFS } = constants.errno;

/** That there is nothing to take, or no room for what is sent: no error of a socket that never waits. 0 is none at all. */
const passing: ReadonlySet<number> = new Set([EAGAIN, ENOBUFS, 0]);

/** That several datagrams cannot go as one message to that place: each by itself may be able to. */
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
    const fd = calls.socket(internet, datagramSocket, 0);
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
    isBatching: true,
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
  readonly sockets: ReadySet<BatchSocket>;
  readonly incoming: IncomingDatagrams;
  readonly outgoing: OutgoingDatagrams;
  /** Whether the system knows several datagrams as one message: where it does not, it sends them as one datagram. */
  readonly joins: boolean;
  /** The sockets that have some of what came in to send. */
  readonly unsent: BatchSocket[] = [];
  #turn = 0;
  #isTurnOver = true;
  #idleTurn = 0;

  constructor(readonly calls: SystemCalls) {
    this.sockets = new ReadySet(calls);
    this.incoming = new IncomingDatagrams(calls);
    this.outgoing = new OutgoingDatagrams(calls, this.incoming);
    const fd = calls.socket(internet, datagramSocket, 0);
    this.joins = setOption(calls, fd, udpSegment, 0);
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

  /**
   * Takes what waits at all sockets, within the bounds of each, and sends what became of it: Node.js tells of each
   * datagram by itself, which costs more. Where that was nothing, it is left to Node.js for the rest of the turn.
   */
  carry(): void {
    try {
      if (this.#idleTurn === this.turn) return;
      let taken = 0;
      for (const socket of this.sockets.ready()) taken += socket.drain();
      if (taken === 0) this.#idleTurn = this.turn;
    } finally {
      this.flush();
    }
  }

  /** Sends what came in, or forgets it: other bytes take its place next. */
  flush(): void {
    if (this.unsent.length === 0) return;
    const sockets = this.unsent.splice(0);
    try {
      for (const socket of sockets) socket.flush();
    } finally {
      for (const socket of sockets) socket.forget();
    }
  }
}

/** Whether the system has set an option of a socket. */
function setOption(calls: SystemCalls, fd: number, [level, name]: SocketOption, value: number): boolean {
  const encoded = new Uint8Array(Int32Array.of(value).buffer);
  return calls.setsockopt(fd, level, name, encoded, encoded.length) === 0;
}

class BatchSocket implements UdpSocket {
  readonly #socket: NodeSocket;
  #outgoing: OutgoingDatagram[] = [];
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
        events.message(exchange.incoming.hold(message), port, address);
        exchange.carry();
      },
    });
    // From here on it is closed with the socket of Node, which lets others have its port, too: that has to end.
    socket.bind({ fd, exclusive: true });
    setOption(exchange.calls, fd, reuseAddress, 0);
    exchange.sockets.add(fd, this);
  }

  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (!this.#isOpen) return false;
    const { incoming, outgoing, calls, unsent } = this.exchange;
    if (incoming.holds(message)) {
      if (this.#outgoing.length === outgoing.capacity) this.flush();
      if (this.#outgoing.push({ message, port, address }) === 1) unsent.push(this);
      return true;
    }
    if (this.#mustWait()) return this.#wait({ message, port, address });
    const to = port === undefined || address === undefined ? null : socketName(port, address);
    const sent = calls.sendto(this.fd, message, message.length, withoutWaiting, to, to?.length ?? 0);
    return sent !== -1 || (!this.#failed(calls.errno()) && this.#wait({ message, port, address }));
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.flush();
    this.#isOpen = false;
    this.exchange.sockets.remove(this.fd);
    await this.#socket.close();
  }

  /** Sends what of the datagrams that came in goes out here. */
  flush(): void {
    const { outgoing, joins, calls } = this.exchange;
    let left: readonly OutgoingDatagram[] = this.#outgoing;
    this.#outgoing = [];
    let joined = joins;
    while (left.length > 0 && this.#isOpen && !this.#mustWait()) {
      const sent = outgoing.send(this.fd, left, joined);
      if (sent === left.length) return;
      if (sent > 0) left = left.slice(sent);
      else {
        const refused = outgoing.inFirstMessage;
        const errno = calls.errno();
        if (refused > 1 && apart.has(errno)) joined = false;
        else if (!this.#failed(errno)) break;
        // Told of a datagram that was sent before; the next attempt is of these.
        else if (errno !== ECONNREFUSED) left = left.slice(refused);
      }
    }
    for (const one of left) this.#wait(one);
  }

  /** What it could not send is never sent. */
  forget(): void {
    if (this.#outgoing.length > 0) this.#outgoing = [];
  }

  /** Takes what is there, batch by batch, and sends what became of each; how many it took. */
  drain(): number {
    const { incoming, turn, calls } = this.exchange;
    if (this.#turn !== turn) this.#leftInTurn = mostInATurn;
    this.#turn = turn;
    let taken = 0;
    for (let count = incoming.size; count === incoming.size && this.#leftInTurn > 0 && this.#isOpen; ) {
      count = incoming.receive(this.fd);
      if (count === -1) this.#failed(calls.errno());
      for (let i = 0; i < count && this.#isOpen; i++)
        this.events.message(incoming.message(i), incoming.port(i), incoming.address(i));
      taken += Math.max(count, 0);
      this.#leftInTurn -= Math.max(count, 0);
      this.exchange.flush();
    }
    return taken;
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
  #failed(errno: number): boolean {
    if (passing.has(errno)) return false;
    this.events.error(systemError(errno));
    return true;
  }
}
