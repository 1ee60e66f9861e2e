import { isIPv4, isIPv6 } from "node:net";

/** An IP network: address family, first address as a number, and prefix length in bits. */
export interface Cidr {
  /** 4 of IPv4, 6 of IPv6. */
  readonly family: 4 | 6;
  /** The address as a number. */
  readonly network: bigint;
  /** Bits of the prefix: 0 to 32 of IPv4, 0 to 128 of IPv6. */
  readonly prefix: number;
}

const bitsOf = { 4: 32, 6: 128 } as const;

/**
 * Reads `198.51.100.0/24` or `2001:db8::/32`. Returns undefined for anything else; address bits behind
 * the prefix are kept in `network`, so that `hasHostBits` can tell.
 */
export function parseCidr(text: string): Cidr | undefined {
  const [address = "", prefixText = "", ...rest] = text.split("/");
  if (rest.length > 0 || !/^\d{1,3}$/.test(prefixText)) return undefined;
  const family = isIPv4(address) ? 4 : isIPv6(address) && !address.includes("%") ? 6 : undefined;
  const prefix = Number(prefixText);
  if (family === undefined || prefix > bitsOf[family]) return undefined;
  return { family, network: family === 4 ? ipv4ToNumber(address) : ipv6ToNumber(address), prefix };
}

/** True when the address has bits set behind the prefix, as in `10.0.0.5/8`. */
export function hasHostBits(cidr: Cidr): boolean {
  return cidr.network !== networkOf(cidr);
}

/** The network's own notation: `10.0.0.0/8` for `10.0.0.5/8`. IPv6 is written without compression. */
export function formatCidr(cidr: Cidr): string {
  const network = networkOf(cidr);
  return `${cidr.family === 4 ? numberToIpv4(network) : numberToIpv6(network)}/${cidr.prefix}`;
}

/** `10.0.0.0` as 167772160n. */
export function ipv4ToNumber(address: string): bigint {
  return address.split(".").reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** 167772160n as `10.0.0.0`. */
export function numberToIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
}

function networkOf({ family, network, prefix }: Cidr): bigint {
  const hostBits = BigInt(bitsOf[family] - prefix);
  return (network >> hostBits) << hostBits;
}

function ipv6ToNumber(address: string): bigint {
  // An embedded IPv4 tail (`::ffff:192.0.2.1`) stands for the last two groups.
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (tail) {
    const v4 = ipv4ToNumber(tail[2]!);
    return ipv6ToNumber(`${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`);
  }
  const [head = "", rest] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = rest === undefined || rest === "" ? [] : rest.split(":");
  const zeros = Array<string>(rest === undefined ? 0 : 8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function numberToIpv6(value: bigint): string {
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(
    ":",
  );
}
