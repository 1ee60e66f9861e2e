import type { Cidr } from "./cidr";

/** Consecutive addresses of one family: the first one, and the one behind the last. */
export interface AddressSpan {
  readonly first: bigint;
  readonly end: bigint;
}

/** `::ffff:0:0/96`, the whole of IPv4 as IPv6 writes it. */
const mappedPrefix = 0xffffn;

/** The addresses of a network. */
export function spanOf({ family, network, prefix }: Cidr): AddressSpan {
  const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
  const first = (network >> hostBits) << hostBits;
  return { first, end: first + (1n << hostBits) };
}

/** How many addresses of a span are in any of the others, each counted once; networks lie within or around it. */
export function addressesIn({ first, end }: AddressSpan, spans: readonly AddressSpan[]): bigint {
  let counted = 0n;
  let behind = first;
  for (const span of [...spans].sort((one, other) => (one.first < other.first ? -1 : 1))) {
    if (span.first <= first && span.end >= end) return end - first;
    if (span.end <= behind || span.end > end) continue;
    if (span.first > behind) behind = span.first;
    counted += span.end - behind;
    behind = span.end;
  }
  return counted;
}

/** A network of IPv4 that is written as IPv6, as IPv4; any other one as it is. */
export function unmapped(cidr: Cidr): Cidr {
  const isMapped = cidr.family === 6 && cidr.prefix >= 96 && cidr.network >> 32n === mappedPrefix;
  return isMapped ? { family: 4, network: cidr.network & 0xffffffffn, prefix: cidr.prefix - 96 } : cidr;
}
