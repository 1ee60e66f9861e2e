import { encodeHeaders } from "../http2/header-encoder";
import type { ServerStream } from "../http2/stream";
import { errorText, log } from "./log";
import type { SessionServer } from "./session";

/** A method that answers one message with one message, both encoded. */
export type UnaryMethod = (request: Uint8Array) => Promise<Uint8Array>;

/** Finds a method by its full name, such as `/tfplugin6.Provider/PlanResourceChange`. */
export type MethodLookup = (name: string) => UnaryMethod | undefined | Promise<UnaryMethod | undefined>;

const status = { ok: "0", unknown: "2", unimplemented: "12", internal: "13" } as const;
const RESPONSE = [
  [":status", "200"],
  ["content-type", "application/grpc"],
] as const;
const HEADERS = encodeHeaders(RESPONSE);
const TRAILERS = encodeHeaders([["grpc-status", status.ok]]);
/** One byte that tells whether the message is compressed, four of length. */
const PREFIX = 5;
/** Messages from this size on are not copied to stand behind their prefix. */
const LARGE = 0x4000;
/** Characters of an error's message. */
const LONGEST_MESSAGE = 1000;

/**
 * Answers gRPC calls on the sessions of a server. An unknown method is UNIMPLEMENTED, which Terraform expects of
 * providers that are older than it is. Messages of any size are accepted, up to the connection's memory limit.
 *
 * Server streaming (list resources, actions) would be a second kind of method here: `headers` once, `data` per
 * message while the stream is not `closed`, which it is without a complaint when the client cancels it, then `end`.
 *
 * @returns how many calls are unanswered
 */
export function serveGrpc(server: SessionServer, lookup: MethodLookup): () => number {
  let unanswered = 0;
  server.onRequest = (stream) => {
    unanswered++;
    void answer(stream, lookup).finally(() => {
      unanswered--;
    });
  };
  return () => unanswered;
}

async function answer(stream: ServerStream, lookup: MethodLookup): Promise<void> {
  const name = stream.path;
  try {
    const frame = stream.takeBody();
    const found = lookup(name);
    const method = found instanceof Promise ? await found : found;
    if (!method) {
      fail(stream, status.unimplemented, `This provider does not implement ${name}.`);
    } else if (frame.length < PREFIX || frame[0] !== 0 || frame.readUInt32BE(1) !== frame.length - PREFIX) {
      fail(stream, status.internal, `${name} was not called with one uncompressed message.`);
    } else respond(stream, await method(frame.subarray(PREFIX)));
  } catch (error) {
    log("error", `${name} failed: ${errorText(error)}`);
    fail(stream, status.unknown, error instanceof Error ? error.message : String(error));
  }
}

function respond(stream: ServerStream, message: Uint8Array): void {
  const together = message.length < LARGE;
  const data = Buffer.allocUnsafe(together ? PREFIX + message.length : PREFIX);
  data[0] = 0;
  data.writeUInt32BE(message.length, 1);
  stream.headers(HEADERS);
  if (together) data.set(message, PREFIX);
  stream.data(data);
  if (!together) stream.data(message);
  stream.end(TRAILERS);
}

function fail(stream: ServerStream, code: string, message: string): void {
  const text = percentEncoded(message.slice(0, LONGEST_MESSAGE));
  stream.end(encodeHeaders([...RESPONSE, ["grpc-status", code], ["grpc-message", text]]));
}

/** gRPC's form of a text in a header field: printable ASCII without `%`, and each other byte as `%` and its digits. */
function percentEncoded(text: string): string {
  return Array.from(Buffer.from(text), (byte) =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  ).join("");
}
