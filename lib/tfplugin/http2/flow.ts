import type { Output } from "./output";
import { ConnectionError, DEFAULT_FRAME_SIZE, errorCode, flag, frameType, MAX_31_BIT } from "./protocol";
import type { ServerStream } from "./stream";

/** What a connection is given to send before HTTP/2's own limits are raised by the client. */
const INITIAL_WINDOW = 0xffff;
/** With this much waiting for the socket, messages wait too, where they can still be dropped. */
const MAX_BACKLOG = 0x100000;

/** Sends what streams have to say, as fast as the client and the socket take it. */
export class Flow {
  private window = INITIAL_WINDOW;
  private streamWindow = INITIAL_WINDOW;
  private frameSize = DEFAULT_FRAME_SIZE;
  /** Streams that have more to send than they may. */
  private readonly waiting = new Set<ServerStream>();

  constructor(private readonly output: Output) {}

  /** What a new stream may send. */
  get initialWindow(): number {
    return this.streamWindow;
  }

  /** The client's limit for a frame. */
  set maxFrameSize(size: number) {
    this.frameSize = size;
  }

  /** The client's limit for each stream, those under way included. It may leave less than nothing. */
  setInitialWindow(size: number, streams: Iterable<ServerStream>): void {
    const change = size - this.streamWindow;
    this.streamWindow = size;
    for (const stream of streams) stream.window = grown(stream.window, change);
    this.resume();
  }

  /** The client takes more, on the whole connection. */
  grow(increment: number): void {
    this.window = grown(this.window, increment);
    this.resume();
  }

  /** Lets everything go on that waits. */
  resume(): void {
    for (const stream of this.waiting) this.send(stream);
  }

  /** A stream that has ended sends nothing more. */
  forget(stream: ServerStream): void {
    this.waiting.delete(stream);
  }

  /** Sends what a stream has, or as much of it as may be. */
  send(stream: ServerStream): void {
    const { queue, id } = stream;
    while (queue.length > 0) {
      const bytes = queue[0]!;
      const room = Math.min(this.window, stream.window, this.frameSize);
      if (room <= 0 || this.output.backlog > MAX_BACKLOG) {
        this.waiting.add(stream);
        return;
      }
      const part = bytes.length <= room ? bytes : bytes.subarray(0, room);
      if (part === bytes) queue.shift();
      else queue[0] = bytes.subarray(room);
      this.window -= part.length;
      stream.window -= part.length;
      this.output.frame(frameType.data, 0, id, part);
    }
    this.waiting.delete(stream);
    if (!stream.trailers) return;
    this.output.frame(frameType.headers, flag.endHeaders | flag.endStream, id, stream.trailers);
    stream.close();
  }
}

/** @throws ConnectionError when it grew beyond what a window can be */
export function grown(window: number, increment: number): number {
  if (window + increment > MAX_31_BIT) {
    throw new ConnectionError(errorCode.flowControl, "The client's window is too large.");
  }
  return window + increment;
}
