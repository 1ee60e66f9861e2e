import type { OnReadOpts, Socket } from "node:net";
import { borrow, giveBack, shared } from "./buffers";
import type { Meter } from "./statistics";

/** A read at least this long is a stream of data, which is worth a buffer of its own. */
const bulkBytes = 32 * 1024;
/** A read at most this long ends the loan. */
const trickleBytes = 4 * 1024;

const nothing = Buffer.alloc(0);

/**
 * One direction of a connection: what `source` sends is written to `sink`. It holds at most one read at a time:
 * reading stops until the kernel took what was read, so a slow reader slows its sender and never grows memory.
 *
 * It hands the source's socket its read buffer (`onread`) instead of listening to `data`, because Node otherwise
 * allocates one for every read; that, not the stream machinery, is what makes a plain `pipe` slow.
 */
export class Pump {
  readonly onread: OnReadOpts = {
    buffer: () => this.#own ?? shared,
    callback: (count, buffer) => this.#read(count, buffer),
  };
  readonly #meter: Meter;
  #source: Socket | undefined;
  #sink: Socket | undefined;
  #own: Buffer | undefined;
  #waiting = false;
  #ended = false;

  /** What passes is counted by the meter. */
  constructor(meter: Meter) {
    this.#meter = meter;
  }

  /** Starts carrying. `source` was made with this pump's `onread`, or its chunks are passed to `write`. */
  start(source: Socket, sink: Socket): void {
    this.#source = source;
    this.#sink = sink;
    source.on("end", () => this.#sourceEnded(source));
  }

  /** Gives back what was borrowed; to be called when the source is gone. */
  stop(): void {
    this.#release(this.#sink?.writableLength === 0);
  }

  #sourceEnded(source: Socket): void {
    // Where data was still unread when a reset came, libuv reports an orderly end. Writing nothing tells the two
    // apart: the kernel still holds the error. A write that waits already will meet it in this turn.
    if (source.writableEnded) this.#passEndOn();
    else if (source.writableLength === 0) source.write(nothing, (error) => error ?? this.#passEndOn());
    else setImmediate(() => source.errored ?? this.#passEndOn());
  }

  #passEndOn(): void {
    this.#ended = true;
    this.#endSink();
  }

  /** Writes bytes that nobody else will change; false when reading must stop until they are gone. */
  write(bytes: Uint8Array): boolean {
    const sink = this.#sink;
    if (sink === undefined || !sink.writable) return false;
    sink.write(bytes, this.#written);
    this.#meter.add(bytes.length);
    this.#waiting = sink.writableLength > 0;
    return !this.#waiting;
  }

  #read(count: number, buffer: Uint8Array): boolean {
    const bytes = buffer.subarray(0, count);
    if (buffer === this.#own) {
      const goOn = this.write(bytes);
      if (goOn && count <= trickleBytes) this.#release(true);
      return goOn;
    }
    // The next read of any connection overwrites the shared buffer, and a write may outlast this turn.
    const goOn = this.write(Buffer.from(bytes));
    if (count >= bulkBytes) this.#own = borrow();
    return goOn;
  }

  readonly #written = (): void => {
    if (!this.#waiting || this.#sink?.writableLength !== 0) return;
    this.#waiting = false;
    if (this.#ended) this.#endSink();
    else this.#source?.resume();
  };

  /** Ends the sink once nothing waits to be written: a socket that is asked to end cannot be reset until it has. */
  #endSink(): void {
    if (!this.#waiting) this.#sink?.end();
  }

  #release(reusable: boolean): void {
    if (this.#own !== undefined) giveBack(this.#own, reusable);
    this.#own = undefined;
  }
}
