import { addressText } from "./socket-name";
import { header, name, part, writePointer } from "./structures";
import { type SystemCalls, withoutWaiting } from "./system-calls";

/** Datagrams that one call takes; from some 32 on the call itself costs next to nothing. */
const most = 64;

/** No datagram is longer. */
const mostBytes = 1 << 16;

/** The datagrams that come out of a socket by one call. */
export class IncomingDatagrams {
  /** Datagrams that one call takes at most: where it took fewer, there are no more, or an error is to be told first. */
  readonly size = most;
  /** Those that are here at most: what one call took, and the one held. */
  readonly capacity = most + 1;
  readonly #calls: SystemCalls;
  readonly #view: DataView;
  readonly #address: number;
  readonly #parts = most * header.bytes;
  readonly #names = this.#parts + most * part.bytes;
  readonly #messages = this.#names + most * name.bytes;
  /** Room for one that came another way. */
  readonly #held: Uint8Array;

  constructor(calls: SystemCalls) {
    this.#calls = calls;
    const { buffer, address } = calls.allocate(this.#messages + (most + 1) * mostBytes);
    this.#view = new DataView(buffer);
    this.#address = address;
    this.#held = new Uint8Array(buffer, this.#messages + most * mostBytes, mostBytes);
    for (let i = 0; i < most; i++) {
      const [own, parts] = [i * header.bytes, this.#parts + i * part.bytes];
      writePointer(this.#view, own + header.name, address + this.#names + i * name.bytes);
      this.#view.setUint32(own + header.nameBytes, name.bytes, true);
      writePointer(this.#view, own + header.part, address + parts);
      this.#view.setUint32(own + header.parts, 1, true);
      writePointer(this.#view, parts + part.base, address + this.#messages + i * mostBytes);
      this.#view.setUint32(parts + part.length, mostBytes, true);
    }
  }

  /** Takes what is there, in place of what was taken before; -1 when the call fails. */
  receive(fd: number): number {
    return this.#calls.recvmmsg(fd, this.#address, most, withoutWaiting, null);
  }

  message(index: number): Uint8Array {
    const bytes = this.#view.getUint32(index * header.bytes + header.length, true);
    return new Uint8Array(this.#view.buffer, this.#messages + index * mostBytes, bytes);
  }

  /** The port that it came from. */
  port(index: number): number {
    return this.#view.getUint16(this.#names + index * name.bytes + name.port);
  }

  /** The address that it came from. */
  address(index: number): string {
    return addressText(this.#view.getUint32(this.#names + index * name.bytes + name.address));
  }

  /** Takes in a datagram that came another way, in place of the one before, so that it is sent with those taken. */
  hold(message: Uint8Array): Uint8Array {
    this.#held.set(message);
    return this.#held.subarray(0, message.length);
  }

  /** Whether some bytes are those of a datagram that was taken. */
  holds(message: Uint8Array): boolean {
    return message.buffer === this.#view.buffer;
  }

  /** Where the bytes of a datagram are that was taken. */
  addressOf(message: Uint8Array): number {
    return this.#address + message.byteOffset;
  }
}
