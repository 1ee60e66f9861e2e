import { randomUUID } from "node:crypto";
import type { Server, ServerOptions, ServerResponse } from "node:http";
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
  /** Milliseconds from the first byte of an answer until all of it is taken. */
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
/** How often it is looked for requests and answers that take too long. */
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
  const isUnderWay = watchAnswers(server, limits.answerMs);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Nothing can be said to who is gone, nor in the middle of an answer.
    if (socket.writable && !isUnderWay(socket) && error.code !== "ECONNRESET")
      socket.write(refusal(error.code, limits));
    socket.destroy();
  });
}

/**
 * Cuts off whoever does not take an answer: it is held in memory for that long. Not by the socket's own time-out, which
 * any byte from the client puts off. Tells whether an answer is on its way by a connection.
 */
function watchAnswers(server: Server, answerMs: number): (socket: unknown) => boolean {
  /** Since when each was seen to be on its way. */
  const since = new Map<ServerResponse, number | undefined>();
  server.on("request", (_, answer: ServerResponse) => {
    since.set(answer, undefined);
    answer.once("close", () => since.delete(answer));
  });
  const look = setInterval(() => {
    const now = performance.now();
    for (const [answer, began] of since) {
      if (!isUnderWay(answer)) continue;
      if (began === undefined) since.set(answer, now);
      else if (now - began >= answerMs) answer.socket?.destroy();
    }
  }, lookEveryMs).unref();
  server.once("close", () => clearInterval(look));
  return (socket) => [...since.keys()].some((answer) => answer.socket === socket && isUnderWay(answer));
}

/** Whether its connection was given a part of an answer, and not all of it was taken; it has none before its turn. */
const isUnderWay = ({ socket, headersSent, writableFinished }: ServerResponse): boolean =>
  socket !== null && headersSent && !writableFinished;

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
