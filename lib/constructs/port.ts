import { Op, Token } from "cdktf";
import type * as z from "zod";
import type { Protocol } from "../contract";
import { spanText } from "../contract/port-range";

/**
 * A port of an instance, or consecutive ones, with their transport protocol.
 *
 * Numbers may be tokens; then they are checked by Terraform instead of at synthesis.
 *
 * @example
 * web.forward(Port.tcp(8080));
 * dns.forward(Port.udp(53));
 * turn.forward(Port.udpRange(6000, 6010));
 */
export class Port {
  /** A TCP port, 1 to 65535. */
  static tcp(number: number): Port {
    return new Port("tcp", number, 1);
  }

  /** A UDP port, 1 to 65535. */
  static udp(number: number): Port {
    return new Port("udp", number, 1);
  }

  /**
   * Consecutive TCP ports, both ends included, at most 1,000. One forward covers them all: its external ports are as
   * many, in the same order, and consecutive, too.
   */
  static tcpRange(first: number, last: number): Port {
    return new Port("tcp", first, countOf(first, last));
  }

  /** Consecutive UDP ports, as `tcpRange`. */
  static udpRange(first: number, last: number): Port {
    return new Port("udp", first, countOf(first, last));
  }

  private constructor(
    /** Transport protocol. */
    readonly protocol: z.output<typeof Protocol>,
    /** Port number; of a range the first. */
    readonly number: number,
    /** How many consecutive ports. */
    readonly count: number,
  ) {}

  /**
   * The construct id of a forward of this port, such as "Tcp8080" or "Tcp6000To6010"; undefined when a number is a
   * token, since an id has to be known at synthesis. Terraform's addresses are made of it, so it never changes.
   */
  get constructId(): string | undefined {
    if (!this.isKnown) return undefined;
    return `${this.protocol === "tcp" ? "Tcp" : "Udp"}${spanText(this.span).replace("-", "To")}`;
  }

  /** "8080/tcp" or "6000-6010/tcp", for messages. */
  toString(): string {
    return `${this.isKnown ? spanText(this.span) : "(known at apply)"}/${this.protocol}`;
  }

  private get span() {
    return { first: this.number, count: this.count };
  }

  private get isKnown(): boolean {
    return !Token.isUnresolved(this.number) && !Token.isUnresolved(this.count);
  }
}

/** Arithmetic with what only Terraform knows is Terraform's. */
function countOf(first: number, last: number): number {
  return Token.isUnresolved(first) || Token.isUnresolved(last)
    ? Token.asNumber(Op.add(Op.sub(last, first), 1))
    : last - first + 1;
}
