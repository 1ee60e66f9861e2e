import { ConnectionError, DEFAULT_FRAME_SIZE, errorCode, FRAME_HEADER, PREFACE } from "./protocol";

/** A frame as it came. The payload is a view of what was received: whoever keeps it keeps all of that. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Cuts what a socket receives into frames, wherever the chunks end. */
export class FrameReader {
  private rest: Buffer = NOTHING;
  private prefaceLeft = PREFACE.length;

  constructor(private readonly onFrame: (frame: Frame) => void) {}

  /** @throws ConnectionError when this is no HTTP/2, or a frame is too long */
  push(chunk: Buffer): void {
    let buffer = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    // Whatever a frame does to the connection, its bytes are not read again.
    this.rest = NOTHING;
    if (this.prefaceLeft > 0) buffer = this.withoutPreface(buffer);
    let at = 0;
    while (buffer.length - at >= FRAME_HEADER) {
      const length = buffer.readUIntBE(at, 3);
      if (length > DEFAULT_FRAME_SIZE) {
        throw new ConnectionError(errorCode.frameSize, `A frame of ${length} bytes is longer than agreed.`);
      }
      const end = at + FRAME_HEADER + length;
      if (end > buffer.length) break;
      this.onFrame({
        type: buffer[at + 3]!,
        flags: buffer[at + 4]!,
        stream: buffer.readUInt32BE(at + 5) & 0x7fffffff,
        payload: buffer.subarray(at + FRAME_HEADER, end),
      });
      at = end;
    }
    if (at < buffer.length) this.rest = buffer.subarray(at);
  }

  private withoutPreface(buffer: Buffer): Buffer {
    const from = PREFACE.length - this.prefaceLeft;
    const length = Math.min(this.prefaceLeft, buffer.length);
    if (PREFACE.compare(buffer, 0, length, from, from + length) !== 0) {
      throw new ConnectionError(errorCode.protocol, "The client does not speak HTTP/2.");
    }
    this.prefaceLeft -= length;
    return buffer.subarray(length);
  }
}
