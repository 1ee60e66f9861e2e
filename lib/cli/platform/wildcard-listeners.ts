import { readFileSync } from "node:fs";

const listening = { tcp: "0A", udp: "07" } as const;

/**
 * Ports at which programs of this machine listen at every address, private ones of instances included: `tcp 22`. Empty
 * where the kernel does not say, as no other than Linux does.
 */
export function wildcardListeners(folder = "/proc/net"): string[] {
  const found = new Set<string>();
  for (const [protocol, state] of Object.entries(listening))
    for (const family of ["", "6"])
      for (const [, address, port, is] of linesOf(`${folder}/${protocol}${family}`))
        if (is === state && /^0+$/.test(address!)) found.add(`${protocol} ${Number.parseInt(port!, 16)}`);
  return [...found];
}

/** `  0: 00000000:0016 00000000:0000 0A ...`: the local address, its port, and the state. */
function linesOf(file: string): Iterable<RegExpMatchArray> {
  try {
    return readFileSync(file, "latin1").matchAll(
      /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} (\w\w) /gm,
    );
  } catch {
    return [];
  }
}
