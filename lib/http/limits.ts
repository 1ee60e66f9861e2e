import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { PlatformError } from "../contract";
import type { Logger } from "../log";
import { problemType, toProblem } from "./problem";
import { requestIdHeader } from "./routes";

/** What a connection may take of a server. How long an answer takes to come is not limited: a create waits for its instance. */
export interface ConnectionLimits {
  /** Connections that are open at a time; further ones are closed. */
  readonly connections: number;
  /** Milliseconds until a request's head is there. */
  readonly headMs: number;
  /** Milliseconds until the whole request is there. */
  readonly requestMs: number;
  /** Milliseconds in which a client takes something of an answer that is on its way. */
  readonly answerMs: number;
  /** Bytes of a request's head. */
  readonly headBytes: number;
}

export const defaultLimits: ConnectionLimits = {
  connections: 4_096,
  headMs: 30_000,
  requestMs: 60_000,
  answerMs: 60_000,
  headBytes: 16_384,
};

/** Longer than any client of ours keeps a connection idle: whoever closes it first must not be in the middle of a request. */
const keepAliveMs = 75_000;
/** How often it is looked for requests that take too long. */
const lookEveryMs = 500;
/** A server that is flooded says so, and not once for each connection. */
const dropsEveryMs = 60_000;

/** Options of a server that enforce limits. */
export const limitOptions = ({ headMs, requestMs, headBytes }: ConnectionLimits): ServerOptions => ({
  headersTimeout: headMs,
  requestTimeout: requestMs,
  connectionsCheckingInterval: lookEveryMs,
  maxHeaderSize: headBytes,
  keepAliveTimeout: keepAliveMs,
});

/** Makes a server refuse what goes beyond its limits, with a problem document where the client can still read one. */
export function enforceLimits(server: Server, limits: ConnectionLimits, log: Logger): void {
  server.maxConnections = limits.connections;
  let told = Number.NEGATIVE_INFINITY;
  server.on("drop", () => {
    if (performance.now() - told < dropsEveryMs) return;
    told = performance.now();
    log.warn(`${limits.connections} connections are open, as many as there may be: further ones are closed`);
  });
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on("request", ({ socket }: IncomingMessage, answer: ServerResponse) => {
    answers.set(socket, answer);
    // What it holds in memory, it would hold for as long as its client likes.
    answer.setTimeout(limits.answerMs, () => isUnderWay(answer) && socket.destroy());
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Nothing can be said to who is gone, nor in the middle of an answer.
    if (socket.writable && !isUnderWay(answers.get(socket)) && error.code !== "ECONNRESET")
      socket.write(refusal(error.code, limits));
    socket.destroy();
  });
}

/** Whether a part of an answer was given to the connection, and not all of it was taken yet. */
function isUnderWay(answer: ServerResponse | undefined): boolean {
  return answer?.headersSent === true && !answer.writableFinished;
}

/** A whole answer of HTTP/1.1: there is no request yet that it could belong to. */
function refusal(code: string | undefined, { headMs, requestMs, headBytes }: ConnectionLimits): string {
  const requestId = randomUUID();
  const [status, reason, message] = refusalOf(code);
  const error = new PlatformError("malformed_request", message);
  const body = JSON.stringify({ ...toProblem(error, requestId), status });
  return [
    `HTTP/1.1 ${status} ${reason}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `${requestIdHeader}: ${requestId}`,
    "connection: close",
    "",
    body,
  ].join("\r\n");

  function refusalOf(why: string | undefined): readonly [number, string, string] {
    if (why === "HPE_HEADER_OVERFLOW") {
      const large = `The head of the request is larger than ${headBytes} bytes.`;
      return [431, "Request Header Fields Too Large", large];
    }
    if (why === "ERR_HTTP_REQUEST_TIMEOUT") {
      const slow = `The request did not arrive in time: its head within ${headMs / 1000} s, all of it within ${requestMs / 1000} s.`;
      return [408, "Request Timeout", slow];
    }
    return [400, "Bad Request", "The request is no HTTP/1.1."];
  }
}
