import { internet, type SystemCalls, withoutWaiting } from "./system-calls";

/** Datagrams that one call takes or sends; from some 32 on the call itself costs next to nothing. */
const most = 64;

/** No datagram is longer. */
const mostBytes = 1 << 16;

/** `struct mmsghdr` of Linux on 64 bits: where the fields are that are used; all others stay 0. */
const header = { bytes: 64, name: 0, nameBytes: 8, part: 16, parts: 24, length: 56 } as const;

/** `struct iovec`: one stretch of memory. */
const part = { bytes: 16, base: 0, length: 8 } as const;

/** `struct sockaddr_in`: an IPv4 address and a port, both in the network's order. */
const name = { bytes: 16, family: 0, port: 2, address: 4 } as const;

/** Addresses whose text is remembered, since making it costs more than carrying a datagram. */
const mostAddresses = 4_096;

/** Encodes an IPv4 address and a port as the system's calls take them. */
export function socketName(port: number, address: string): Uint8Array {
  const encoded = new Uint8Array(name.bytes);
  const view = new DataView(encoded.buffer);
  view.setUint16(name.family, internet, true);
  view.setUint16(name.port, port);
  view.setUint32(name.address, numberOf(address));
  return encoded;
}

/**
 * Room for the datagrams that come out of a socket by one call, and for the headers of those that go into another by one
 * call, from the memory that they came into.
 */
export class DatagramBatch {
  readonly #calls: SystemCalls;
  readonly #view: DataView;
  /** Room for one that came another way. */
  readonly #held: Uint8Array;
  readonly #address: number;
  readonly #incoming = 0;
  readonly #incomingParts = most * header.bytes;
  readonly #incomingNames = this.#incomingParts + most * part.bytes;
  readonly #outgoing = this.#incomingNames + most * name.bytes;
  readonly #outgoingParts = this.#outgoing + most * header.bytes;
  readonly #outgoingNames = this.#outgoingParts + most * part.bytes;
  readonly #messages = this.#outgoingNames + most * name.bytes;
  readonly #texts = new Map<number, string>();
  readonly #numbers = new Map<string, number>();

  constructor(calls: SystemCalls) {
    this.#calls = calls;
    const { buffer, address } = calls.allocate(this.#messages + (most + 1) * mostBytes);
    this.#view = new DataView(buffer);
    this.#held = new Uint8Array(buffer, this.#messages + most * mostBytes, mostBytes);
    this.#address = address;
    for (let i = 0; i < most; i++) {
      const [own, parts] = [this.#incoming + i * header.bytes, this.#incomingParts + i * part.bytes];
      this.#point(own + header.name, this.#incomingNames + i * name.bytes);
      this.#view.setUint32(own + header.nameBytes, name.bytes, true);
      this.#point(own + header.part, parts);
      this.#view.setUint32(own + header.parts, 1, true);
      this.#point(parts + part.base, this.#messages + i * mostBytes);
      this.#view.setUint32(parts + part.length, mostBytes, true);
      const [sent, sentParts] = [this.#outgoing + i * header.bytes, this.#outgoingParts + i * part.bytes];
      this.#point(sent + header.part, sentParts);
      this.#view.setUint32(sent + header.parts, 1, true);
      this.#view.setUint16(this.#outgoingNames + i * name.bytes + name.family, internet, true);
    }
  }

  /** Datagrams that one call takes at most: where it took fewer, no more are there. */
  get size(): number {
    return most;
  }

  /** Takes what is there, in place of what was taken before; -1 when the call fails. */
  receive(fd: number): number {
    return this.#calls.recvmmsg(fd, this.#address + this.#incoming, most, withoutWaiting, null);
  }

  /** A datagram that was received. */
  message(index: number): Uint8Array {
    const bytes = this.#view.getUint32(this.#incoming + index * header.bytes + header.length, true);
    return new Uint8Array(this.#view.buffer, this.#messages + index * mostBytes, bytes);
  }

  /** The port that it came from. */
  port(index: number): number {
    return this.#view.getUint16(this.#incomingNames + index * name.bytes + name.port);
  }

  /** The address that it came from. */
  address(index: number): string {
    const number = this.#view.getUint32(this.#incomingNames + index * name.bytes + name.address);
    return remembered(this.#texts, number, textOf);
  }

  /** Takes in a datagram that came another way, in place of the one before, so that it is sent with those received. */
  hold(message: Uint8Array): Uint8Array {
    this.#held.set(message);
    return this.#held.subarray(0, message.length);
  }

  /** Whether some bytes are those of a datagram that was received. */
  holds(message: Uint8Array): boolean {
    return message.buffer === this.#view.buffer;
  }

  /** Puts a datagram that was received at a place of those to be sent; without a port where the socket is connected. */
  put(index: number, message: Uint8Array, port: number | undefined, address: string | undefined): void {
    const own = this.#outgoing + index * header.bytes;
    const parts = this.#outgoingParts + index * part.bytes;
    this.#point(parts + part.base, message.byteOffset);
    this.#view.setUint32(parts + part.length, message.length, true);
    if (port === undefined || address === undefined) {
      this.#view.setBigUint64(own + header.name, 0n, true);
      this.#view.setUint32(own + header.nameBytes, 0, true);
      return;
    }
    const to = this.#outgoingNames + index * name.bytes;
    this.#point(own + header.name, to);
    this.#view.setUint32(own + header.nameBytes, name.bytes, true);
    this.#view.setUint16(to + name.port, port);
    this.#view.setUint32(to + name.address, remembered(this.#numbers, address, numberOf));
  }

  /** Sends `count` datagrams, from a place on; how many were sent, or -1 when not even the first was. */
  send(fd: number, from: number, count: number): number {
    const first = this.#address + this.#outgoing + from * header.bytes;
    return this.#calls.sendmmsg(fd, first, count, withoutWaiting);
  }

  /** Writes a pointer: in two halves, for a number of 64 bits would be an object of its own. */
  #point(at: number, to: number): void {
    const pointer = this.#address + to;
    this.#view.setUint32(at, pointer % 2 ** 32, true);
    this.#view.setUint32(at + 4, pointer / 2 ** 32, true);
  }
}

function remembered<K, V>(memory: Map<K, V>, key: K, make: (key: K) => V): V {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= mostAddresses) memory.clear();
  const made = make(key);
  memory.set(key, made);
  return made;
}

const textOf = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");

const numberOf = (address: string): number =>
  address.split(".").reduce((number, byte) => number * 256 + Number(byte), 0);
