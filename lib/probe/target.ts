import { createSocket } from "node:dgram";
import { BlockList, isIP } from "node:net";

/** Where a probe connects to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Reads `203.0.113.5:20170`, `[2001:db8::1]:20170`, or a name with a port; undefined for anything else. */
export function parseTarget(text: string): Target | undefined {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port);
  if (host === undefined || number < 1 || number > 65_535) return undefined;
  return bracketed !== undefined && isIP(bracketed) !== 6 ? undefined : { host, port: number };
}

/** `203.0.113.5:20170`, `[2001:db8::1]:20170`. */
export const targetText = ({ host, port }: Target): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`;

/** The address that this machine would connect from; nothing is sent. Undefined where there is no way. */
export function sourceTowards({ host, port }: Target): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
    const finish = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    socket.once("error", () => finish(undefined));
    socket.once("connect", () => finish(socket.address().address));
    socket.connect(port, host);
  });
}

/** Whether a text is an address, or a network such as `198.51.100.0/24`. */
export function isNetwork(text: string): boolean {
  const [address = "", bits = "0", ...rest] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)]!;
  return rest.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** Whether an address is among sources, all of them networks; undefined where nothing can be said. */
export function isAllowed(
  address: string | undefined,
  cidrs: readonly string[] | undefined,
): boolean | undefined {
  if (cidrs === undefined || address === undefined) return undefined;
  if (cidrs.length === 0) return true;
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = "", bits] = cidr.split("/");
    const own = isIP(network) === 6 ? "ipv6" : "ipv4";
    if (own !== family) continue;
    list.addSubnet(network, Number(bits ?? (own === "ipv6" ? 128 : 32)), own);
  }
  return list.check(plain, family);
}
