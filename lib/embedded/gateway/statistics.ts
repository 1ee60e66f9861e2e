import { coarseNow } from "./coarse-clock";
import type { Refusal, RefusalReason } from "./refusal";

/** What a route has carried. Of UDP, a connection is a flow: what one client address and port sends and gets. */
export interface RouteStatistics {
  /** Connections that are open now, those whose instance has not answered yet among them. */
  readonly openConnections: number;
  /** Connections of allowed sources. */
  readonly totalConnections: number;
  /**
   * Connections of other sources, those that the instance refused or left unanswered (these are also part of the
   * total), and connections and flows beyond what the route may have. UDP shows no attempts: there, each datagram of a
   * source that is not allowed counts.
   */
  readonly refusedConnections: number;
  /** Bytes from clients, without the headers of packets. */
  readonly bytesIn: number;
  /** Bytes to clients, without the headers of packets. */
  readonly bytesOut: number;
  /**
   * When a connection was last let in or carried bytes, in milliseconds since 1970, to half a second; absent:
   * never.
   */
  readonly lastUsedAt?: number;
}

/** Counts the bytes of one direction. */
export class Meter {
  bytes = 0;
  usedAt = 0;

  /** Notes what has passed just now; one of the few steps that are taken for each packet. */
  add(bytes: number): void {
    this.bytes += bytes;
    this.usedAt = coarseNow();
  }
}

/** The counts of a route, which all of its ports add to, and whom it turned away last. */
export class Counters {
  readonly in = new Meter();
  readonly out = new Meter();
  #open = 0;
  #total = 0;
  #refused = 0;
  #letInAt = 0;
  #lastRefusal: Refusal | undefined;

  /** Connections that are open now. */
  get open(): number {
    return this.#open;
  }

  /** A connection of an allowed source has come. */
  letIn(): void {
    this.#open++;
    this.#total++;
    this.#letInAt = Date.now();
  }

  /** A connection that was let in is over. */
  over(): void {
    this.#open--;
  }

  /** A connection was turned away, by the route or by its instance. */
  refused(reason: RefusalReason, source: string | undefined): void {
    this.#refused++;
    this.#lastRefusal = { at: Date.now(), source, reason };
  }

  get lastRefusal(): Refusal | undefined {
    return this.#lastRefusal;
  }

  /** The counts as they are now. */
  snapshot(): RouteStatistics {
    const lastUsedAt = Math.max(this.#letInAt, this.in.usedAt, this.out.usedAt);
    return {
      openConnections: this.#open,
      totalConnections: this.#total,
      refusedConnections: this.#refused,
      bytesIn: this.in.bytes,
      bytesOut: this.out.bytes,
      ...(lastUsedAt > 0 ? { lastUsedAt } : {}),
    };
  }
}
