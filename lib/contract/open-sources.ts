import { type Cidr, parseCidr } from "./cidr";

/** Half of the addresses there are is not a choice of sources. */
const MOST = 0.5;

/** Where public addresses are: all of IPv4, and of IPv6 what is given out, 2000::/3. */
const internet = {
  4: { first: 0n, end: 1n << 32n },
  6: { first: 1n << 125n, end: 2n << 125n },
} as const;

/** `::ffff:0:0/96`, the whole of IPv4 as IPv6 writes it. */
const mappedPrefix = 0xffffn;

/** Whether sources let in everyone: none given, 0.0.0.0/0, or networks that together are most of the internet. */
export function letInEveryone(cidrs: readonly string[]): boolean {
  if (cidrs.length === 0) return true;
  const networks = cidrs
    .map(parseCidr)
    .filter((cidr) => cidr !== undefined)
    .map(unmapped);
  return ([4, 6] as const).some((family) => {
    const { first, end } = internet[family];
    const covered = addressesIn(networks.filter((cidr) => cidr.family === family).map(spanOf), first, end);
    return Number(covered) / Number(end - first) >= MOST;
  });
}

interface Span {
  readonly first: bigint;
  readonly end: bigint;
}

function spanOf({ family, network, prefix }: Cidr): Span {
  const hostBits = BigInt((family === 4 ? 32 : 128) - prefix);
  const first = (network >> hostBits) << hostBits;
  return { first, end: first + (1n << hostBits) };
}

/** How many addresses between two are in any of the spans, each counted once; networks lie within or around them. */
function addressesIn(spans: readonly Span[], first: bigint, end: bigint): bigint {
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

function unmapped(cidr: Cidr): Cidr {
  const isMapped = cidr.family === 6 && cidr.prefix >= 96 && cidr.network >> 32n === mappedPrefix;
  return isMapped ? { family: 4, network: cidr.network & 0xffffffffn, prefix: cidr.prefix - 96 } : cidr;
}
