import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** HTTP/2 by hand: what a client sends is built here byte by byte, so that it can be wrong. */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export const DATA = 0;
export const HEADERS = 1;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY = 0x20;

/** A frame as it came from the server. */
export interface RawFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)) {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export function settings(...entries: [name: number, value: number][]): Buffer {
  const payload = entries.map(([name, value]) => Buffer.concat([Buffer.from([0, name]), uint32(value)]));
  return frame(SETTINGS, 0, 0, Buffer.concat(payload));
}

/** A literal header field without Huffman code. */
export function literal(name: string, value: string): Buffer {
  const text = (bytes: string) => Buffer.concat([Buffer.from([bytes.length]), Buffer.from(bytes)]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

/** The header block of a call. */
export const callBlock = (path: string): Buffer =>
  Buffer.concat([Buffer.from([0x83]), literal(":path", path)]);

/** A gRPC message behind its prefix. */
export const message = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0]), uint32(bytes.length), bytes]);

/** HEADERS and DATA of one call. */
export const callFrames = (stream: number, path: string, body: Uint8Array): Buffer =>
  Buffer.concat([
    frame(HEADERS, END_HEADERS, stream, callBlock(path)),
    frame(DATA, END_STREAM, stream, message(body)),
  ]);

/** A connection of which every byte is written by the test. */
export class RawClient {
  readonly frames: RawFrame[] = [];
  private rest = Buffer.alloc(0);
  private waiting = () => {};
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.rest = Buffer.concat([this.rest, chunk]);
      while (this.rest.length >= 9 && this.rest.length >= 9 + this.rest.readUIntBE(0, 3)) {
        const end = 9 + this.rest.readUIntBE(0, 3);
        const [type, flags] = [this.rest[3]!, this.rest[4]!];
        this.frames.push({
          type,
          flags,
          stream: this.rest.readUInt32BE(5),
          payload: this.rest.subarray(9, end),
        });
        this.rest = this.rest.subarray(end);
      }
      this.waiting();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
      this.waiting();
    });
  }

  /** @param opening what is sent first; by default the preface and empty settings */
  static async open(port: number, opening: Uint8Array = Buffer.concat([PREFACE, settings()])) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    const client = new RawClient(socket);
    client.send(opening);
    return client;
  }

  send(...parts: Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** The first frame that fits, once it has come. @throws Error when the connection closes before that */
  async frame(fits: (frame: RawFrame) => boolean): Promise<RawFrame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found) return found;
      if (this.closed) throw new Error("The connection was closed.");
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    }
  }

  /** The answer of a stream that has ended: its data without gRPC's prefix, and the last header block. */
  async answer(stream: number): Promise<{ readonly body: Buffer; readonly trailers: string }> {
    const end = await this.frame((frame) => frame.stream === stream && (frame.flags & END_STREAM) !== 0);
    return { body: this.data(stream).subarray(5), trailers: end.payload.toString("latin1") };
  }

  /** The data of a stream so far. */
  data(stream: number): Buffer {
    const parts = this.frames.filter((frame) => frame.type === DATA && frame.stream === stream);
    return Buffer.concat(parts.map(({ payload }) => payload));
  }

  /** The code and the text with which the server ended the connection. */
  async goAway(): Promise<{ readonly code: number; readonly text: string }> {
    const { payload } = await this.frame(({ type }) => type === GOAWAY);
    return { code: payload.readUInt32BE(4), text: payload.toString("utf8", 8) };
  }

  /** Waits until everything that was sent before is dealt with. */
  async settle(): Promise<void> {
    const mark = Buffer.from(`settle${String(this.frames.length % 100).padStart(2, "0")}`);
    this.send(frame(PING, 0, 0, mark));
    await this.frame(({ type, payload }) => type === PING && payload.equals(mark));
  }

  async close(): Promise<void> {
    if (!this.closed) {
      this.socket.destroy();
      await once(this.socket, "close");
    }
  }
}
