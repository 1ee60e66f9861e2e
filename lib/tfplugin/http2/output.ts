import type { Duplex } from "node:stream";
import { FRAME_HEADER } from "./protocol";

/** Payloads from this size on are handed on as they are; shorter ones are cheaper to copy. */
const LARGE = 0x1000;
const SLAB = 0x8000;

/**
 * Writes frames to a socket. All frames of one turn of the event loop leave together: a write, with its encryption,
 * its system call and the wake-up of the other side, costs more than answering a call.
 */
export class Output {
  private slab = Buffer.allocUnsafeSlow(SLAB);
  /** What of the slab is written but not yet in `parts`. */
  private from = 0;
  private to = 0;
  private parts: Uint8Array[] = [];
  private unsent = 0;

  constructor(private readonly socket: Duplex) {}

  /** Bytes that the operating system has not taken yet. */
  get backlog(): number {
    return this.unsent + this.socket.writableLength;
  }

  /** The payload may be a view: it must not change any more. */
  frame(type: number, flags: number, stream: number, payload: Uint8Array): void {
    const { length } = payload;
    const copied = length < LARGE;
    const at = this.claim(copied ? FRAME_HEADER + length : FRAME_HEADER);
    const { slab } = this;
    slab[at] = length >>> 16;
    slab[at + 1] = length >>> 8;
    slab[at + 2] = length;
    slab[at + 3] = type;
    slab[at + 4] = flags;
    slab.writeUInt32BE(stream, at + 5);
    if (copied) slab.set(payload, at + FRAME_HEADER);
    else {
      this.cut();
      this.parts.push(payload);
    }
    if (this.unsent === 0) setImmediate(this.flush);
    this.unsent += FRAME_HEADER + length;
  }

  private claim(count: number): number {
    if (this.to + count > SLAB) {
      this.cut();
      this.slab = Buffer.allocUnsafeSlow(SLAB);
      this.from = 0;
      this.to = 0;
    }
    const at = this.to;
    this.to += count;
    return at;
  }

  private cut(): void {
    if (this.to === this.from) return;
    this.parts.push(this.slab.subarray(this.from, this.to));
    this.from = this.to;
  }

  /** Sends what there is now. */
  readonly flush = (): void => {
    this.cut();
    const { parts, socket } = this;
    this.parts = [];
    this.unsent = 0;
    if (!socket.writable) return;
    if (parts.length === 1) {
      socket.write(parts[0]);
      return;
    }
    socket.cork();
    for (const part of parts) socket.write(part);
    socket.uncork();
  };
}
