import type { IncomingDatagrams } from "./incoming-datagrams";
import { addressNumber } from "./socket-name";
import { control, header, name, part, writePointer } from "./structures";
import { internet, type SystemCalls, udpSegment, withoutWaiting } from "./system-calls";

/** The most bytes that one message has, headers left out. */
const mostMessageBytes = 65_507;

/** The most datagrams that the system takes as one message. */
const mostSegments = 64;

/** A datagram that came in and goes on; without a port and an address where the socket is connected. */
export interface OutgoingDatagram {
  readonly message: Uint8Array;
  readonly port: number | undefined;
  readonly address: string | undefined;
}

/** Datagrams that go into a socket by one call, from the memory that they came into. */
export class OutgoingDatagrams {
  readonly #calls: SystemCalls;
  readonly #incoming: IncomingDatagrams;
  readonly #view: DataView;
  readonly #address: number;
  readonly #parts: number;
  readonly #names: number;
  readonly #controls: number;
  /** The index of the first datagram of each message that was sent last. */
  readonly #firsts: number[] = [];
  #count = 0;

  constructor(calls: SystemCalls, incoming: IncomingDatagrams) {
    this.#calls = calls;
    this.#incoming = incoming;
    const most = incoming.capacity;
    this.#parts = most * header.bytes;
    this.#names = this.#parts + most * part.bytes;
    this.#controls = this.#names + most * name.bytes;
    const { buffer, address } = calls.allocate(this.#controls + most * control.bytes);
    this.#view = new DataView(buffer);
    this.#address = address;
    const [level, type] = udpSegment;
    for (let i = 0; i < most; i++) {
      this.#view.setUint16(this.#names + i * name.bytes + name.family, internet, true);
      const own = this.#controls + i * control.bytes;
      this.#view.setUint32(own + control.length, control.used, true);
      this.#view.setUint32(own + control.level, level, true);
      this.#view.setUint32(own + control.type, type, true);
    }
  }

  /**
   * Sends datagrams in their order, no more than those that came in.
   * @param joined whether those of one size to one place go as one message, which the system takes apart again
   * @returns how many were sent; -1 when not even the first was
   */
  send(fd: number, datagrams: readonly OutgoingDatagram[], joined: boolean): number {
    const firsts = this.#firsts;
    firsts.length = 0;
    this.#count = datagrams.length;
    let bytes = 0;
    for (let i = 0; i < datagrams.length; i++) {
      const one = datagrams[i]!;
      const parts = this.#parts + i * part.bytes;
      writePointer(this.#view, parts + part.base, this.#incoming.addressOf(one.message));
      this.#view.setUint32(parts + part.length, one.message.length, true);
      bytes += one.message.length;
      const first = firsts.at(-1);
      const fits = bytes <= mostMessageBytes && i - (first ?? 0) < mostSegments;
      if (joined && fits && first !== undefined && isSegment(one, datagrams[first]!, datagrams[i - 1]!))
        this.#extend(firsts.length - 1, i - first + 1, datagrams[first]!);
      else {
        this.#begin(firsts.length, i, one);
        firsts.push(i);
        bytes = one.message.length;
      }
    }
    const sent = this.#calls.sendmmsg(fd, this.#address, firsts.length, withoutWaiting);
    return sent === -1 ? -1 : (firsts[sent] ?? datagrams.length);
  }

  /** Datagrams of the first message: where nothing was sent, it is the one that was refused. */
  get inFirstMessage(): number {
    return this.#firsts[1] ?? this.#count;
  }

  /** A message of one datagram. */
  #begin(index: number, datagram: number, { port, address }: OutgoingDatagram): void {
    const own = index * header.bytes;
    writePointer(this.#view, own + header.part, this.#address + this.#parts + datagram * part.bytes);
    this.#view.setUint32(own + header.parts, 1, true);
    this.#point(own + header.control, own + header.controlBytes, 0, 0);
    if (port === undefined || address === undefined) {
      this.#point(own + header.name, own + header.nameBytes, 0, 0);
      return;
    }
    const to = this.#names + index * name.bytes;
    this.#point(own + header.name, own + header.nameBytes, this.#address + to, name.bytes);
    this.#view.setUint16(to + name.port, port);
    this.#view.setUint32(to + name.address, addressNumber(address));
  }

  /** One more datagram for a message. */
  #extend(index: number, datagrams: number, { message }: OutgoingDatagram): void {
    const own = index * header.bytes;
    const size = this.#controls + index * control.bytes;
    this.#view.setUint32(own + header.parts, datagrams, true);
    this.#view.setUint16(size + control.value, message.length, true);
    this.#point(own + header.control, own + header.controlBytes, this.#address + size, control.bytes);
  }

  #point(at: number, bytesAt: number, pointer: number, bytes: number): void {
    writePointer(this.#view, at, pointer);
    this.#view.setUint32(bytesAt, bytes, true);
  }
}

/** Whether a datagram may follow others of one message: all have one size, but the last, which may be shorter. */
function isSegment(one: OutgoingDatagram, first: OutgoingDatagram, last: OutgoingDatagram): boolean {
  const size = first.message.length;
  const fits = one.message.length > 0 && one.message.length <= size && last.message.length === size;
  return fits && one.port === first.port && one.address === first.address;
}
