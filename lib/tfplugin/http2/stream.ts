import type { Flow } from "./flow";
import type { Output } from "./output";
import { flag, frameType } from "./protocol";

/** One request and its answer. */
export class ServerStream {
  /** The answer's data that waits to be sent, and the block of fields that ends it. */
  readonly queue: Uint8Array[] = [];
  trailers: Uint8Array | undefined;
  /** Whether it is over: answered, or cancelled by the client. What is said to it is dropped. */
  closed = false;
  /** Whether the request has come whole. */
  complete = false;
  /** Bytes of the request's body that are kept. */
  received = 0;
  private readonly chunks: Buffer[] = [];

  constructor(
    readonly id: number,
    readonly path: string,
    /** Bytes that the client takes before it has to say that it takes more. */
    public window: number,
    private readonly output: Output,
    private readonly flow: Flow,
    private readonly onEnd: (stream: ServerStream) => void,
  ) {}

  /** Keeps a part of the request's body. */
  receive(chunk: Buffer): void {
    this.received += chunk.length;
    this.chunks.push(chunk);
  }

  /** The request's whole body; asked for once, and not kept. */
  takeBody(): Buffer {
    const chunks = this.chunks.splice(0);
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }

  /** Begins the answer. */
  headers(block: Uint8Array): void {
    if (!this.closed) this.output.frame(frameType.headers, flag.endHeaders, this.id, block);
  }

  /** A part of the answer's body; a view that must not change any more. */
  data(bytes: Uint8Array): void {
    if (this.closed) return;
    this.queue.push(bytes);
    // With others in front of it, it waits for the same as they do.
    if (this.queue.length === 1) this.flow.send(this);
  }

  /** Ends the answer with a block of fields, which is all of it where nothing was sent before. */
  end(block: Uint8Array): void {
    if (this.closed) return;
    this.trailers = block;
    if (this.queue.length === 0) this.flow.send(this);
  }

  /** Nobody waits for the rest of the answer. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.queue.length = 0;
    this.chunks.length = 0;
    this.flow.forget(this);
    this.onEnd(this);
  }
}
