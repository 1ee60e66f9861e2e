import { X509Certificate } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { Connection } from "../http2/connection";
import { refuse } from "../http2/go-away";
import { ConnectionError, errorCode } from "../http2/protocol";
import type { ServerStream } from "../http2/stream";
import type { Certificate } from "./certificate";
import { log } from "./log";

/** How the two ends know each other. Absent for a plain connection, as in a debugging session. */
export interface MutualTls {
  readonly certificate: Certificate;
  /** The PEM of the only client that may connect. */
  readonly clientPem: string;
}

/** A server that speaks HTTP/2 with one Terraform process. */
export interface SessionServer extends Server {
  /** Answers a request, which has come whole. */
  onRequest: (stream: ServerStream) => void;
}

/**
 * An HTTP/2 server for one Terraform process. `onClose` runs when a session of that Terraform has ended;
 * a session that was refused does not count, or anybody could end the process by knocking.
 */
export function createSessionServer(tls: MutualTls | undefined, onClose: () => void): SessionServer {
  const accept = (socket: Socket) => {
    socket.setNoDelay(true);
    new Connection(socket, {
      onRequest: (stream) => server.onRequest(stream),
      onBroken: (error) => log("warn", `The connection is ended: ${error.message}`),
    });
    socket.on("close", onClose);
  };
  const server: SessionServer = Object.assign(tls ? secureServer(tls, accept) : createServer(accept), {
    onRequest: (stream: ServerStream) => stream.close(),
  });
  server.on("connection", (socket: Socket) => {
    socket.on("error", (error) => log("debug", `The connection failed: ${error.message}`));
  });
  return server;
}

function secureServer({ certificate, clientPem }: MutualTls, accept: (socket: Socket) => void): Server {
  const expected = new X509Certificate(clientPem).raw;
  const options: TlsOptions = {
    key: certificate.keyPem,
    cert: certificate.pem,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["h2"],
    requestCert: true,
    // The certificate is compared as a whole below, which is stricter than a chain of trust. An empty list of
    // authorities keeps Node from parsing its own 140, which takes longer than everything else here.
    ca: [],
    rejectUnauthorized: false,
  };
  return createTlsServer(options, (socket: TLSSocket) => {
    socket.on("error", (error) => log("debug", `The connection failed: ${error.message}`));
    if (socket.getPeerX509Certificate()?.raw.equals(expected)) return accept(socket);
    log("warn", "Refused a connection whose client certificate is not Terraform's.");
    refuse(socket, new ConnectionError(errorCode.inadequateSecurity, "Only Terraform may connect."));
  });
}
