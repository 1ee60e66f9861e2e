import { isIPv4 } from "node:net";
import { constants } from "node:os";
import { Exchange, type Exchanging } from "./exchange";
import { NodeSocket, nodeSockets, udpSocket } from "./node-sockets";
import type { OutgoingDatagram } from "./outgoing-datagrams";
import type { UdpEvents, UdpSocket, UdpSockets } from "./socket";
import { socketName } from "./socket-name";
import {
  datagramSocket,
  internet,
  reuseAddress,
  type SystemCalls,
  setOption,
  systemError,
  withoutWaiting,
} from "./system-calls";

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

class BatchSocket implements UdpSocket, Exchanging {
  readonly #socket: NodeSocket;
  #outgoing: OutgoingDatagram[] = [];
  #isOpen = true;
  #isCongested = false;
  #turn = 0;
  #takenInTurn = 0;

  constructor(
    private readonly fd: number,
    private readonly events: UdpEvents,
    private readonly exchange: Exchange,
  ) {
    const socket = udpSocket("0.0.0.0");
    this.#socket = new NodeSocket(socket, {
      ...events,
      message: (message, port, address) => {
        try {
          events.message(exchange.incoming.hold(message), port, address);
        } finally {
          exchange.carry();
        }
      },
    });
    // From here on it is closed with the socket of Node, which lets others have its port, too: that has to end.
    socket.bind({ fd, exclusive: true });
    setOption(exchange.calls, fd, reuseAddress, 0);
    exchange.sockets.add(fd, this);
  }

  send(message: Uint8Array, port?: number, address?: string): boolean {
    if (!this.#isOpen) return false;
    const { incoming, calls, unsent } = this.exchange;
    if (incoming.holds(message)) {
      if (this.#outgoing.length === incoming.capacity) this.flush();
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

  forget(): void {
    if (this.#outgoing.length > 0) this.#outgoing = [];
  }

  drain(): number {
    const { incoming, turn } = this.exchange;
    if (this.#turn !== turn) this.#takenInTurn = 0;
    this.#turn = turn;
    const before = this.#takenInTurn;
    let count = incoming.size;
    while (count === incoming.size && this.#takenInTurn < mostInATurn && this.#isOpen) {
      count = this.#receive();
      this.#takenInTurn += count;
      this.exchange.flush();
    }
    return this.#takenInTurn - before;
  }

  /** Takes a batch; how many it was. */
  #receive(): number {
    const { incoming, calls } = this.exchange;
    const count = incoming.receive(this.fd);
    if (count === -1) this.#failed(calls.errno());
    for (let i = 0; i < count && this.#isOpen; i++)
      this.events.message(incoming.message(i), incoming.port(i), incoming.address(i));
    return Math.max(count, 0);
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
