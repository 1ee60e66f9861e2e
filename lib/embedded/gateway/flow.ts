import type { UdpSocket, UdpSockets } from "../udp";
import type { EndReason } from "./connection-end";
import type { Route } from "./gateway";
import { type RefusalReason, refusalOf } from "./refusal";

/** How often in its idle time a flow is looked at, so that it ends late by a quarter of it at most. */
const looksPerIdleTime = 4;

/**
 * What a client gets that has not written again after an answer: as many times what it sent, and no less than so many
 * bytes, which is the largest answer that DNS gives by UDP. Its address may be forged, and all of it sent to a victim.
 */
const mostAmplification = 20;
const leastAnswerBytes = 4_096;

/** What a flow tells the listener that has opened it. */
export interface FlowEvents {
  /** The instance has sent this, for the client. */
  answer(message: Uint8Array): void;
  /** The instance's port is closed, or no socket could be made: told once, before the first answer. */
  refused(reason: RefusalReason): void;
  /** The flow is to be taken out of the tables that it is in, and closed. */
  drop(reason: EndReason): void;
}

/** One client's conversation with the instance: a socket of its own, so that replies find their client. */
export class Flow {
  /** The client's address, for the check of sources. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Ends the flow and takes it out of the tables that it is in. */
  readonly drop: (reason: EndReason) => void;
  readonly startedAt = Date.now();
  /** Whether the instance has answered. */
  answered = false;
  /** Whether the client has written after an answer. */
  converses = false;
  bytesIn = 0;
  bytesOut = 0;
  /** Another client of the same port, of the same listener. */
  next: Flow | undefined;
  readonly #upstream: UdpSocket;
  readonly #timer: NodeJS.Timeout;
  #isSilent = false;

  /**
   * Opens the flow of a client. It is dropped when no datagram has passed for `udpIdleMs` or no socket could be made. That
   * the instance's port is closed (ICMP) ends nothing: it may open.
   */
  constructor(
    client: { readonly address: string; readonly port: number },
    target: Route["target"],
    { udpIdleMs, udpSockets }: { readonly udpIdleMs: number; readonly udpSockets: UdpSockets },
    events: FlowEvents,
  ) {
    this.remoteAddress = client.address;
    this.remotePort = client.port;
    this.drop = (reason) => events.drop(reason);
    let refusal: RefusalReason | undefined;
    const refused = (error: NodeJS.ErrnoException) => {
      if (refusal !== undefined || this.answered) return;
      refusal = refusalOf(error);
      events.refused(refusal);
    };
    this.#timer = this.#watch(udpIdleMs, () => this.drop(this.answered ? "idle" : (refusal ?? "idle")));
    this.#upstream = udpSockets.connect(target, {
      message: (message) => {
        this.answered = true;
        this.#isSilent = false;
        if (this.#mayGet(message.length)) events.answer(message);
      },
      error: refused,
      failed: (error) => {
        refused(error);
        this.drop(refusalOf(error));
      },
    });
  }

  /** Sends a client's datagram to the instance; false when it was dropped. */
  send(message: Uint8Array): boolean {
    this.#isSilent = false;
    return this.#upstream.send(message);
  }

  /** Ends the flow; resolves when its socket is gone. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#upstream.close();
  }

  #mayGet(bytes: number): boolean {
    if (this.converses) return true;
    return this.bytesOut + bytes <= Math.max(leastAnswerBytes, mostAmplification * this.bytesIn);
  }

  /** Notes silence instead of setting a timer anew with each datagram, which costs a tenth of carrying it. */
  #watch(idleMs: number, idle: () => void): NodeJS.Timeout {
    let silentLooks = 0;
    return setInterval(() => {
      silentLooks = this.#isSilent ? silentLooks + 1 : 0;
      this.#isSilent = true;
      if (silentLooks >= looksPerIdleTime) idle();
    }, idleMs / looksPerIdleTime).unref();
  }
}
