import type { Problem } from "./problem";

/** The most ports that one forward may cover. */
export const maxPortCount = 1000;

const lastPort = 65535;

/** Consecutive ports: the first one, and how many. */
export interface PortSpan {
  /** The lowest, 1 to 65535. */
  readonly first: number;
  /** How many there are, 1 to 1000. */
  readonly count: number;
}

/** Whether two spans share a port. */
export function overlap(one: PortSpan, other: PortSpan): boolean {
  return one.first < other.first + other.count && other.first < one.first + one.count;
}

/** `6000` for a single port, `6000-6010` for a range. */
export function spanText({ first, count }: PortSpan): string {
  return count === 1 ? String(first) : `${first}-${first + count - 1}`;
}

/** An IP address as it stands before a port: `203.0.113.5`, `[2001:db8::1]`. */
export function hostText(ip: string): string {
  return ip.includes(":") ? `[${ip}]` : ip;
}

/** What people call a forward by: `203.0.113.5:20170/tcp`, `[2001:db8::1]:6000-6010/udp`. */
export function forwardKey(forward: {
  readonly externalIp: string;
  readonly externalPort: number;
  readonly portCount: number;
  readonly protocol: string;
}): string {
  const ports = spanText({ first: forward.externalPort, count: forward.portCount });
  return `${hostText(forward.externalIp)}:${ports}/${forward.protocol}`;
}

/**
 * What is wrong with the ranges of a forward, each of which has to end at 65535 at the latest.
 * @param nameOf how the user knows a field
 */
export function rangeProblem(
  forward: {
    readonly internalPort: number;
    readonly externalPort?: number | undefined;
    readonly portCount: number;
  },
  nameOf: (field: string) => string = (field) => field,
): Problem | undefined {
  const { portCount } = forward;
  for (const field of ["internalPort", "externalPort"] as const) {
    const first = forward[field];
    if (first === undefined || first + portCount - 1 <= lastPort) continue;
    return {
      path: ["portCount"],
      message: `${nameOf("portCount")} is ${portCount}, but a range that begins at ${nameOf(field)} ${first} has at most ${lastPort - first + 1} ports.`,
    };
  }
  return undefined;
}
