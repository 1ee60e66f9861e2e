import { readFileSync } from "node:fs";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** What the kernel says of the ports that it gives to outgoing connections, as its files have it. */
export interface KernelPorts {
  /** `ip_local_port_range`: `32768	60999`. */
  readonly local: string;
  /** `ip_local_reserved_ports`: `8080,9000-9100`, or nothing. */
  readonly reserved: string;
}

/** What the kernel of this machine says; undefined where it says nothing, as no other than Linux does. */
export function kernelPorts(folder = "/proc/sys/net/ipv4"): KernelPorts | undefined {
  try {
    const [local, reserved] = ["ip_local_port_range", "ip_local_reserved_ports"].map((name) =>
      readFileSync(`${folder}/${name}`, "utf8"),
    );
    return { local: local!, reserved: reserved! };
  } catch {
    return undefined;
  }
}

/**
 * What to tell an operator whose external ports are partly among those that the kernel gives to outgoing connections:
 * it may have given away a port when a forward wants it. Undefined where none is, or all of them are reserved.
 */
export function ephemeralWarning(ports: Range, kernel: KernelPorts | undefined): string | undefined {
  const [from = Number.NaN, to = Number.NaN] = kernel?.local.trim().split(/\s+/).map(Number) ?? [];
  const reserved = rangesOf(kernel?.reserved ?? "");
  const shared = { from: Math.max(ports.from, from), to: Math.min(ports.to, to) };
  const open = reserved.reduce((left, one) => left.flatMap((range) => without(range, one)), [shared]);
  const found = open.filter((range) => range.from <= range.to);
  if (found.length === 0) return undefined;
  // Writing the setting replaces what it holds.
  const wanted = [...reserved, ...found].map(text).join(",");
  return (
    `external ports ${found.map(text).join(", ")} are among those that the kernel gives to outgoing connections, so that a ` +
    `forward may find its port in use; reserve them: sysctl -w net.ipv4.ip_local_reserved_ports=${wanted}`
  );
}

function rangesOf(list: string): Range[] {
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, from, to]) => ({
    ...{ from: Number(from), to: Number(to ?? from) },
  }));
}

/** What of a range is before and behind another one; either may be empty. */
function without(range: Range, taken: Range): Range[] {
  return [
    { from: range.from, to: Math.min(range.to, taken.from - 1) },
    { from: Math.max(range.from, taken.to + 1), to: range.to },
  ].filter(({ from, to }) => from <= to);
}

const text = ({ from, to }: Range): string => (from === to ? `${from}` : `${from}-${to}`);
