import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error";
import { loadContract } from "./lazy-contract";

/**
 * Sources that may connect to a forward, for its `allowedCidrs`. Plain text is as good: `"198.51.100.0/24"`; a peer
 * is checked where it is made, which may be far from the forwards that use it.
 *
 * Text may be a token; then it is checked by Terraform instead of at synthesis.
 *
 * @example
 * const office = Peer.ipv4("198.51.100.0/24");
 * web.forward(Port.SSH, { allowedCidrs: [office, Peer.ipv6("2001:db8::/32")] });
 */
export class Peer {
  /**
   * An IPv4 network: "198.51.100.0/24"; of one address "198.51.100.7/32".
   * @throws ConstructError
   */
  static ipv4(cidr: string): Peer {
    return new Peer(checked(cidr, 4));
  }

  /**
   * An IPv6 network: "2001:db8::/32"; of one address "2001:db8::7/128".
   * @throws ConstructError
   */
  static ipv6(cidr: string): Peer {
    return new Peer(checked(cidr, 6));
  }

  /** Everyone with an IPv4 address. */
  static anyIpv4(): Peer {
    return new Peer("0.0.0.0/0");
  }

  /** Everyone with an IPv6 address. */
  static anyIpv6(): Peer {
    return new Peer("::/0");
  }

  private constructor(
    /** The network, as `allowedCidrs` has it. */
    readonly cidr: string,
  ) {}

  /** The network, for messages and templates. */
  toString(): string {
    return this.cidr;
  }
}

function checked(cidr: string, family: 4 | 6): string {
  if (Token.isUnresolved(cidr)) return cidr;
  const { CidrText, parseCidr, problemsOf } = loadContract();
  const [problem] = problemsOf(CidrText, cidr);
  if (problem) {
    throw new ConstructError(`Peer.ipv${family}`, { problem: problem.message, fix: "Correct the network." });
  }
  const other = parseCidr(cidr)!.family;
  if (other === family) return cidr;
  throw new ConstructError(`Peer.ipv${family}`, {
    problem: `${JSON.stringify(cidr)} is an IPv${other} network, but this is for IPv${family}.`,
    fix: `Write Peer.ipv${other}(${JSON.stringify(cidr)}).`,
  });
}

/**
 * The networks of a forward's sources as the contract has them. What is no list is a token, or for the contract to refuse.
 * @throws ConstructError on an empty list: to the platform it means everyone, to who filtered a list it meant nobody.
 */
export function sourcesOf(
  forward: IConstruct,
  sources: readonly (string | Peer)[] | undefined,
): string[] | undefined {
  if (!Array.isArray(sources)) return sources as undefined;
  if (sources.length === 0) {
    throw new ConstructError(forward, {
      problem: "`allowedCidrs` is an empty list, with which everyone could connect.",
      fix: "Name the sources. If everyone is meant, say so: allowedCidrs: [Peer.anyIpv4()], or leave it out.",
    });
  }
  return sources.map(cidrOf);
}

/** The network of a source. Not `instanceof`: a peer may come from another copy of this package. */
export const cidrOf = (source: string | Peer): string =>
  typeof (source as Peer | undefined)?.cidr === "string" ? (source as Peer).cidr : (source as string);
