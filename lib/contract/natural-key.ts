import { parseCidr } from "./cidr";

/** How each kind of thing that exists is named, for an import: by its id, or by what people call it. */
export const naturalKeys = {
  projects: "its id or its name",
  instances: 'its id or "project/name"',
  portForwards:
    'its id or its key, such as "203.0.113.5:20170/tcp", "[2001:db8::1]:6000-6010/udp" or "project/203.0.113.5:20170/tcp"',
} as const;

/** A forward as people name it: `[project/]203.0.113.5:20170/tcp`, `[2001:db8::1]:6000-6010/udp`. */
export interface ForwardKey {
  /** Name or id; undefined where the key names none. */
  readonly project: string | undefined;
  /** Public address. */
  readonly externalIp: string;
  /** The first of its external ports. */
  readonly externalPort: number;
  /** How many there are; 1 where the key has one port. */
  readonly portCount: number;
  /** Transport protocol. */
  readonly protocol: "tcp" | "udp";
}

const forward =
  /^(?:([^/]+)\/)?(?:\[([0-9a-f:.]+)\]|(\d{1,3}(?:\.\d{1,3}){3})):(\d{1,5})(?:-(\d{1,5}))?\/(tcp|udp)$/i;

/** Reads a forward's key; undefined for anything else, an id for example. */
export function parseForwardKey(text: string): ForwardKey | undefined {
  const match = forward.exec(text);
  if (!match) return undefined;
  const [, project, v6, v4, first, last, protocol] = match;
  const externalPort = Number(first);
  const portCount = last === undefined ? 1 : Number(last) - externalPort + 1;
  if (portCount < 1) return undefined;
  return {
    project,
    externalIp: (v6 ?? v4)!,
    externalPort,
    portCount,
    protocol: protocol!.toLowerCase() as "tcp" | "udp",
  };
}

/** Reads `project/name`; undefined for anything else. */
export function parseInstanceKey(text: string): { project: string; name: string } | undefined {
  const slash = text.indexOf("/");
  return slash > 0 ? { project: text.slice(0, slash), name: text.slice(slash + 1) } : undefined;
}

/** Whether two texts are the same IP address: IPv6 addresses have many spellings. */
export function sameAddress(one: string, other: string): boolean {
  return one === other || numberOf(one) === (numberOf(other) ?? "");
}

function numberOf(address: string): bigint | undefined {
  return parseCidr(`${address}/${address.includes(":") ? 128 : 32}`)?.network;
}
