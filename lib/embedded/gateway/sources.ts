import { BlockList, isIP } from "node:net";

const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** Which clients a route lets in. */
export interface Sources {
  /**
   * Whether a client may send. Its address is read only where there is a list (it costs a system call), and
   * one that is not known any more is let in only where everyone is.
   */
  allow(client: { readonly remoteAddress?: string | undefined }): boolean;
}

/**
 * The sources that `allowedCidrs` names: IPv4 or IPv6 CIDRs, or single addresses; an empty list is everyone.
 * Throws a `TypeError` that names the first entry that is neither.
 */
export function sourcesOf(allowedCidrs: readonly string[]): Sources {
  if (allowedCidrs.length === 0) return { allow: () => true };
  // A list of both families would find every IPv4 address in `::/0`.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const cidr of allowedCidrs) {
    const { network, bits, family } = parse(cidr);
    lists[family].addSubnet(network, bits, family);
  }
  return {
    allow({ remoteAddress: address }) {
      if (address === undefined) return false;
      // A dual-stack socket shows IPv4 clients as mapped IPv6, and link-local ones with their zone.
      const plain = address.replace(mapped, "").replace(/%.*$/, "");
      const family = familyOf(plain);
      return family !== undefined && lists[family].check(plain, family);
    },
  };
}

function parse(cidr: string): { network: string; bits: number; family: "ipv4" | "ipv6" } {
  const [written = "", prefix, ...rest] = cidr.split("/");
  const network = written.replace(mapped, "");
  const family = familyOf(network);
  const most = family === "ipv6" ? 128 : 32;
  // The prefix of a mapped network counts the 96 bits of `::ffff:` too.
  const skipped = network === written ? 0 : 96;
  const bits = prefix === undefined ? most : Number(prefix) - skipped;
  const digits = prefix === undefined || /^\d{1,3}$/.test(prefix);
  if (family === undefined || rest.length > 0 || !digits || bits < 0 || bits > most)
    throw new TypeError(
      `"${cidr}" is not a source: write an IPv4 or IPv6 CIDR such as 192.0.2.0/24 or 2001:db8::/32`,
    );
  return { network, bits, family };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address);
  return version === 0 ? undefined : `ipv${version as 4 | 6}`;
}
