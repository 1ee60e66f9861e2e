import { Token } from "cdktf";
import type * as z from "zod";
import type { Protocol } from "../contract";

/**
 * A port of an instance, with its transport protocol.
 *
 * The number may be a token; then it is checked by the platform instead of at synthesis.
 *
 * @example
 * web.forward(Port.tcp(8080));
 * dns.forward(Port.udp(53));
 */
export class Port {
  /** A TCP port, 1 to 65535. */
  static tcp(number: number): Port {
    return new Port("tcp", number);
  }

  /** A UDP port, 1 to 65535. */
  static udp(number: number): Port {
    return new Port("udp", number);
  }

  private constructor(
    /** Transport protocol. */
    readonly protocol: z.output<typeof Protocol>,
    /** Port number. */
    readonly number: number,
  ) {}

  /**
   * The construct id of a forward of this port, such as "Tcp8080"; undefined when the number is a token,
   * since an id has to be known at synthesis. Terraform's addresses are made of it, so it never changes.
   */
  get constructId(): string | undefined {
    if (Token.isUnresolved(this.number)) return undefined;
    return `${this.protocol === "tcp" ? "Tcp" : "Udp"}${this.number}`;
  }

  /** "8080/tcp", for messages. */
  toString(): string {
    return `${Token.isUnresolved(this.number) ? "(known at apply)" : this.number}/${this.protocol}`;
  }
}
