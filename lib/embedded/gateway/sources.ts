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
  const list = new BlockList();
  for (const cidr of allowedCidrs) add(list, cidr);
  return {
    allow({ remoteAddress: address }) {
      if (address === undefined) return false;
      // A dual-stack socket shows IPv4 clients as mapped IPv6, and link-local ones with their zone.
      const plain = address.replace(mapped, "").replace(/%.*$/, "");
      return list.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
    },
  };
}

function add(list: BlockList, cidr: string): void {
  const [written = "", prefix, ...rest] = cidr.split("/");
  const network = written.replace(mapped, "");
  const family = isIP(network);
  const most = family === 6 ? 128 : 32;
  // The prefix of a mapped network counts the 96 bits of `::ffff:` too.
  const bits =
    (prefix === undefined ? most : Number(prefix)) - (prefix !== undefined && network !== written ? 96 : 0);
  const digits = prefix === undefined || /^\d{1,3}$/.test(prefix);
  if (family === 0 || rest.length > 0 || !digits || bits < 0 || bits > most)
    throw new TypeError(
      `"${cidr}" is not a source: write an IPv4 or IPv6 CIDR such as 192.0.2.0/24 or 2001:db8::/32`,
    );
  list.addSubnet(network, bits, family === 6 ? "ipv6" : "ipv4");
}
