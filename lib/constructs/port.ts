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
 * web.forward(Port.SSH, { allowedCidrs: ["198.51.100.0/24"] });
 * web.forward(Port.tcp(8080));
 * turn.forward(Port.udpRange(6000, 6010));
 */
export class Port {
  /** SSH: 22/tcp. */
  static readonly SSH = Port.tcp(22);
  /** HTTP: 80/tcp. */
  static readonly HTTP = Port.tcp(80);
  /** HTTPS: 443/tcp. */
  static readonly HTTPS = Port.tcp(443);
  /** HTTP/3 (QUIC): 443/udp. */
  static readonly HTTP3 = Port.udp(443);
  /** DNS over TCP: 53/tcp. */
  static readonly DNS_TCP = Port.tcp(53);
  /** DNS over UDP: 53/udp. */
  static readonly DNS_UDP = Port.udp(53);
  /** NTP: 123/udp. */
  static readonly NTP = Port.udp(123);
  /** SMTP between mail servers: 25/tcp. */
  static readonly SMTP = Port.tcp(25);
  /** SMTP from mail clients: 587/tcp. */
  static readonly SUBMISSION = Port.tcp(587);
  /** IMAP over TLS: 993/tcp. */
  static readonly IMAPS = Port.tcp(993);
  /** LDAP over TLS: 636/tcp. */
  static readonly LDAPS = Port.tcp(636);
  /** Windows file shares (SMB): 445/tcp. */
  static readonly SMB = Port.tcp(445);
  /** Remote desktop (RDP): 3389/tcp. */
  static readonly RDP = Port.tcp(3389);
  /** VNC, its first display: 5900/tcp. */
  static readonly VNC = Port.tcp(5900);
  /** The Kubernetes API server: 6443/tcp. */
  static readonly KUBERNETES = Port.tcp(6443);
  /** PostgreSQL: 5432/tcp. */
  static readonly POSTGRES = Port.tcp(5432);
  /** MySQL and MariaDB: 3306/tcp. */
  static readonly MYSQL = Port.tcp(3306);
  /** Microsoft SQL Server: 1433/tcp. */
  static readonly MSSQL = Port.tcp(1433);
  /** Oracle Database: 1521/tcp. */
  static readonly ORACLE = Port.tcp(1521);
  /** MongoDB: 27017/tcp. */
  static readonly MONGODB = Port.tcp(27017);
  /** Redis and Valkey: 6379/tcp. */
  static readonly REDIS = Port.tcp(6379);
  /** Elasticsearch and OpenSearch: 9200/tcp. */
  static readonly ELASTICSEARCH = Port.tcp(9200);
  /** MQTT over TLS: 8883/tcp. */
  static readonly MQTTS = Port.tcp(8883);
  /** WireGuard: 51820/udp. */
  static readonly WIREGUARD = Port.udp(51820);
  /** OpenVPN: 1194/udp. */
  static readonly OPENVPN = Port.udp(1194);

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
