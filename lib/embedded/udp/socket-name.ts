import { name } from "./structures";
import { internet } from "./system-calls";

/** Addresses whose other form is remembered, since making it costs more than carrying a datagram. */
const mostRemembered = 4_096;

/** Encodes an IPv4 address and a port as the system's calls take them. */
export function socketName(port: number, address: string): Uint8Array {
  const encoded = new Uint8Array(name.bytes);
  const view = new DataView(encoded.buffer);
  view.setUint16(name.family, internet, true);
  view.setUint16(name.port, port);
  view.setUint32(name.address, addressNumber(address));
  return encoded;
}

/** The text of an IPv4 address. */
export const addressText = remembering((number: number): string =>
  [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join("."),
);

/** The number that an IPv4 address is. */
export const addressNumber = remembering((address: string): number =>
  address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0),
);

function remembering<K, V>(make: (key: K) => V): (key: K) => V {
  const memory = new Map<K, V>();
  return (key) => {
    const known = memory.get(key);
    if (known !== undefined) return known;
    if (memory.size >= mostRemembered) memory.clear();
    const made = make(key);
    memory.set(key, made);
    return made;
  };
}
