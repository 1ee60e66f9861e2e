import type { Socket } from "node:net";
import { Flow, grown } from "./flow";
import { type Frame, FrameReader } from "./frame-reader";
import { goAway } from "./go-away";
import { HeaderBlock } from "./header-block";
import { HeaderDecoder } from "./hpack";
import { Output } from "./output";
import { ConnectionError, errorCode, flag, frameType, MAX_31_BIT, setting } from "./protocol";
import { readSettings, settingsPayload } from "./settings";
import { ServerStream } from "./stream";

/** Bodies that are not complete yet may take this much in all. Terraform's own limit for one is 256 MB. */
const MAX_BUFFERED = 0x40000000;
const EMPTY = Buffer.alloc(0);

/** Whom a connection tells what. */
export interface ConnectionHandlers {
  /** A request has come, whole. */
  onRequest(stream: ServerStream): void;
  /** The client broke the rules; it was told, and the connection is over. */
  onBroken(error: ConnectionError): void;
}

/**
 * The server's side of one HTTP/2 connection (RFC 9113), as far as gRPC needs it: requests with a body, answers with
 * trailers. node:http2 can do all of HTTP/2, and takes several times as long for each call, and to load.
 * A request is handed on when it is complete.
 */
export class Connection {
  private readonly output: Output;
  private readonly flow: Flow;
  private readonly headers = new HeaderDecoder();
  private readonly streams = new Map<number, ServerStream>();
  /** A header block whose end has not come. Nothing else may come before that. */
  private block: HeaderBlock | undefined;
  private lastStream = 0;
  private settled = false;
  /** What the client may still send. Bodies are kept whole, so the window is no brake: `MAX_BUFFERED` is. */
  private window = MAX_31_BIT;
  private buffered = 0;
  private broken = false;

  constructor(
    private readonly socket: Socket,
    private readonly handlers: ConnectionHandlers,
  ) {
    this.output = new Output(socket);
    this.flow = new Flow(this.output);
    this.output.frame(frameType.settings, 0, 0, settingsPayload([[setting.initialWindowSize, MAX_31_BIT]]));
    this.growWindow(MAX_31_BIT - 0xffff);
    const reader = new FrameReader((frame) => this.onFrame(frame));
    socket.on("data", (chunk: Buffer) => this.guard(() => reader.push(chunk)));
    socket.on("drain", () => this.flow.resume());
    socket.on("close", () => {
      for (const stream of this.streams.values()) stream.close();
    });
  }

  /** A client that breaks the rules is told which, and the connection ends. */
  private guard(run: () => void): void {
    if (this.broken) return;
    try {
      run();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.broken = true;
      goAway(this.socket, this.output, this.lastStream, error);
      this.handlers.onBroken(error);
    }
  }

  private onFrame(frame: Frame): void {
    const { type } = frame;
    if (!this.settled && type !== frameType.settings) throw broken("The first frame is not SETTINGS.");
    if (this.block && type !== frameType.continuation) throw broken("A header block is interrupted.");
    switch (type) {
      case frameType.data:
        this.onData(frame);
        break;
      case frameType.headers:
        this.onHeaders(frame);
        break;
      case frameType.rstStream:
        this.onReset(frame);
        break;
      case frameType.settings:
        this.onSettings(frame);
        break;
      case frameType.ping:
        this.onPing(frame);
        break;
      case frameType.windowUpdate:
        this.onWindowUpdate(frame);
        break;
      case frameType.continuation:
        this.onContinuation(frame);
        break;
      case frameType.pushPromise:
        throw broken("A client cannot push.");
      // GOAWAY: the client closes the connection when it has its answers. PRIORITY, and what is not known, is ignored.
    }
  }

  private onData({ stream: id, flags, payload }: Frame): void {
    const stream = this.knownStream(id);
    // Padding counts, too.
    this.window -= payload.length;
    if (this.window < MAX_31_BIT / 2) this.growWindow(MAX_31_BIT - this.window);
    const data = flags & flag.padded ? withoutPadding(payload) : payload;
    if (!stream) return;
    if (!stream.complete) {
      stream.receive(data);
      this.buffered += data.length;
    }
    if (stream.complete) this.reset(stream, errorCode.streamClosed);
    else if (this.buffered > MAX_BUFFERED) this.reset(stream, errorCode.enhanceYourCalm);
    else if (flags & flag.endStream) this.complete(stream);
  }

  private onHeaders(frame: Frame): void {
    const { stream, flags } = frame;
    let payload = flags & flag.padded ? withoutPadding(frame.payload) : frame.payload;
    if (flags & flag.priority) {
      if (payload.length < 5) throw wrongSize("HEADERS");
      payload = payload.subarray(5);
    }
    this.block = new HeaderBlock(stream, (flags & flag.endStream) !== 0, payload);
    if (flags & flag.endHeaders) this.onBlock(this.block);
  }

  private onContinuation({ stream, flags, payload }: Frame): void {
    if (this.block?.stream !== stream) throw broken("CONTINUATION continues no header block.");
    this.block.add(payload);
    if (flags & flag.endHeaders) this.onBlock(this.block);
  }

  private onBlock(block: HeaderBlock): void {
    this.block = undefined;
    const { stream: id, endStream } = block;
    // Decoded in any case, or the two ends would disagree about the numbers of fields.
    const fields = this.headers.decode(block.bytes());
    const open = this.streams.get(id);
    if (open) {
      if (!endStream) throw broken("Trailers do not end their stream.");
      if (open.complete) this.reset(open, errorCode.streamClosed);
      else this.complete(open);
      return;
    }
    if (id % 2 === 0) throw broken("A client's streams have odd numbers.");
    // It was reset while these were on their way.
    if (id <= this.lastStream) return;
    this.lastStream = id;
    const path = fields.find(([name]) => name === ":path")?.[1] ?? "";
    const { output, flow } = this;
    const stream = new ServerStream(id, path, flow.initialWindow, output, flow, this.forget);
    this.streams.set(id, stream);
    if (path === "") this.reset(stream, errorCode.protocol);
    else if (endStream) this.complete(stream);
  }

  private onReset({ stream: id, payload }: Frame): void {
    if (payload.length !== 4) throw wrongSize("RST_STREAM");
    this.knownStream(id)?.close();
  }

  private onSettings({ stream, flags, payload }: Frame): void {
    if (stream !== 0) throw broken("SETTINGS are for no stream.");
    this.settled = true;
    if (flags & flag.ack) {
      if (payload.length > 0) throw wrongSize("SETTINGS");
      return;
    }
    for (const [name, value] of readSettings(payload)) {
      if (name === setting.maxFrameSize) this.flow.maxFrameSize = value;
      if (name === setting.initialWindowSize) this.flow.setInitialWindow(value, this.streams.values());
    }
    this.output.frame(frameType.settings, flag.ack, 0, EMPTY);
  }

  private onPing({ stream, flags, payload }: Frame): void {
    if (stream !== 0) throw broken("PING is for no stream.");
    if (payload.length !== 8) throw wrongSize("PING");
    if (!(flags & flag.ack)) this.output.frame(frameType.ping, flag.ack, 0, payload);
  }

  private onWindowUpdate({ stream: id, payload }: Frame): void {
    if (payload.length !== 4) throw wrongSize("WINDOW_UPDATE");
    const increment = payload.readUInt32BE(0) & MAX_31_BIT;
    if (increment === 0) throw broken("WINDOW_UPDATE by nothing.");
    const stream = id === 0 ? undefined : this.knownStream(id);
    if (id === 0) this.flow.grow(increment);
    if (!stream) return;
    stream.window = grown(stream.window, increment);
    if (stream.queue.length > 0) this.flow.send(stream);
  }

  /** A stream that is under way; undefined for one that is over, to which frames may still be on their way. */
  private knownStream(id: number): ServerStream | undefined {
    if (id === 0 || id > this.lastStream) throw broken(`Stream ${id} has not begun.`);
    return this.streams.get(id);
  }

  private complete(stream: ServerStream): void {
    stream.complete = true;
    this.buffered -= stream.received;
    stream.received = 0;
    this.handlers.onRequest(stream);
  }

  private reset(stream: ServerStream, code: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(code);
    this.output.frame(frameType.rstStream, 0, stream.id, payload);
    stream.close();
  }

  private readonly forget = (stream: ServerStream): void => {
    this.streams.delete(stream.id);
    this.buffered -= stream.received;
  };

  private growWindow(increment: number): void {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(increment);
    this.output.frame(frameType.windowUpdate, 0, 0, payload);
    this.window = MAX_31_BIT;
  }
}

const broken = (message: string) => new ConnectionError(errorCode.protocol, message);
const wrongSize = (frame: string) => new ConnectionError(errorCode.frameSize, `${frame} has a wrong size.`);

function withoutPadding(payload: Buffer): Buffer {
  const padding = payload[0];
  if (padding === undefined || padding >= payload.length) throw broken("There is more padding than frame.");
  return payload.subarray(1, payload.length - padding);
}
