import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { errorText, log } from "./log";

/** A method that answers one message with one message, both encoded. */
export type UnaryMethod = (request: Uint8Array) => Promise<Uint8Array>;

/** Finds a method by its full name, such as `/tfplugin6.Provider/PlanResourceChange`. */
export type MethodLookup = (name: string) => Promise<UnaryMethod | undefined>;

const status = { unknown: 2, unimplemented: 12, internal: 13 } as const;
const HEADERS = { ":status": 200, "content-type": "application/grpc" };
/** One byte that tells whether the message is compressed, four of length. */
const PREFIX = 5;

/**
 * Answers gRPC calls on an HTTP/2 server. An unknown method is UNIMPLEMENTED, which Terraform expects of providers
 * that are older than it is. Messages of any size are accepted, up to the session's memory limit.
 *
 * Server streaming (list resources, actions) would be a second kind of method here: respond once, write a frame per
 * message while the stream is writable, and stop without a complaint when the client cancels it.
 */
export function serveGrpc(server: Http2Server, lookup: MethodLookup): void {
  server.on("stream", (stream, headers) => {
    stream.on("error", (error) => log("debug", `A call failed: ${error.message}`));
    void answer(stream, headers, lookup);
  });
}

async function answer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  lookup: MethodLookup,
): Promise<void> {
  const name = String(headers[":path"]);
  try {
    const body = readBody(stream);
    const method = await lookup(name);
    if (!method) {
      stream.resume();
      return fail(stream, status.unimplemented, `This provider does not implement ${name}.`);
    }
    const frame = await body;
    if (frame.length < PREFIX || frame[0] !== 0 || frame.readUInt32BE(1) !== frame.length - PREFIX) {
      return fail(stream, status.internal, `${name} was not called with one uncompressed message.`);
    }
    respond(stream, await method(frame.subarray(PREFIX)));
  } catch (error) {
    log("error", `${name} failed: ${errorText(error)}`);
    fail(stream, status.unknown, error instanceof Error ? error.message : String(error));
  }
}

/** Rejects only on a broken stream, after which nobody waits for an answer. */
function readBody(stream: ServerHttp2Stream): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
  });
}

function respond(stream: ServerHttp2Stream, message: Uint8Array): void {
  if (stream.destroyed) return;
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(message.length, 1);
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.end(Buffer.concat([prefix, message]));
}

function fail(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.destroyed || stream.headersSent) return;
  const trailers = { "grpc-status": String(code), "grpc-message": encodeURIComponent(message) };
  stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
}
