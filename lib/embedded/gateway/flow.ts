import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Route } from "./gateway";
import { type RefusalReason, refusalOf } from "./refusal";

/** Datagrams kept while the socket to the instance is being made; more than a burst of openers is dropped. */
const mostWaiting = 16;

/** Bytes that may wait in a socket's send queue; UDP drops beyond that instead of growing memory. */
const mostQueuedBytes = 1 << 20;

/** One client's conversation with the instance: a socket of its own, so that replies find their client. */
export class Flow {
  /** The client's address, for the check of sources. */
  readonly remoteAddress: string;
  /** Ends the flow and takes it out of the tables that it is in. */
  readonly drop: () => void;
  /** Whether the instance has answered. */
  answered = false;
  /** Whether the client has written after an answer. */
  converses = false;
  readonly #upstream: Socket;
  readonly #idle: NodeJS.Timeout;
  readonly #closed: Promise<unknown>;
  #waiting: Uint8Array[] | undefined = [];

  /**
   * Opens the flow. `reply` gets what the instance sends; `drop` is called when no datagram has passed for
   * `idleMs` or no socket could be made. That the instance's port is closed (ICMP) ends nothing: it may open.
   * `refused` is called, once, when either keeps the flow from its first answer.
   */
  constructor(
    remoteAddress: string,
    target: Route["target"],
    idleMs: number,
    reply: (message: Uint8Array) => void,
    refused: (reason: RefusalReason) => void,
    drop: () => void,
  ) {
    this.remoteAddress = remoteAddress;
    this.drop = drop;
    let mayBeRefused = true;
    const upstream = udpSocket(target.host);
    this.#upstream = upstream;
    this.#closed = once(upstream, "close").catch(() => {});
    this.#idle = setTimeout(drop, idleMs).unref();
    upstream.on("message", (message) => {
      this.answered = true;
      this.#idle.refresh();
      reply(message);
    });
    upstream.on("error", (error) => {
      if (mayBeRefused && !this.answered) refused(refusalOf(error));
      mayBeRefused = false;
      if (this.#waiting !== undefined) drop();
    });
    upstream.connect(target.port, target.host, () => {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const message of waiting) upstream.send(message);
    });
  }

  /** Sends a client's datagram to the instance; false when it was dropped. */
  send(message: Uint8Array): boolean {
    this.#idle.refresh();
    if (this.#waiting === undefined) return sendOrDrop(this.#upstream, message);
    if (this.#waiting.length >= mostWaiting) return false;
    this.#waiting.push(message);
    return true;
  }

  /** Ends the flow; resolves when its socket is gone. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    this.#waiting = [];
    this.#upstream.close();
    await this.#closed;
  }
}

/** A UDP socket of the family of an IPv4 or IPv6 address. It takes addresses only, so nothing is looked up. */
export function udpSocket(address: string): Socket {
  const type = isIP(address) === 6 ? "udp6" : "udp4";
  return createSocket({
    type,
    // The kernel caps it at `net.core.rmem_max`; it takes memory only while datagrams wait.
    recvBufferSize: 1 << 20,
    // Node would otherwise pass each datagram's address through `dns.lookup` and a tick.
    lookup: (host, _options, done) => done(null, host, type === "udp6" ? 6 : 4),
  });
}

/**
 * Sends without a callback, so that an error (ICMP, no route) is dropped like the datagram it belongs to. False
 * when the datagram was dropped for the queue is full.
 */
export function sendOrDrop(socket: Socket, message: Uint8Array, port?: number, address?: string): boolean {
  if (socket.getSendQueueSize() > mostQueuedBytes) return false;
  if (port === undefined) socket.send(message);
  else socket.send(message, port, address);
  return true;
}
