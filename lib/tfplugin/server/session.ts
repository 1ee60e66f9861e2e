import { X509Certificate } from "node:crypto";
import { createSecureServer, createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Certificate } from "./certificate";
import { log } from "./log";

/** How the two ends know each other. Absent for a plain connection, as in a debugging session. */
export interface MutualTls {
  readonly certificate: Certificate;
  /** The PEM of the only client that may connect. */
  readonly clientPem: string;
}

const MEBIBYTE = 1 << 20;

const OPTIONS = {
  // In MB. gRPC messages of 256 MB must pass (a large state value), and the default of 10 would cut them off.
  maxSessionMemory: 1000,
  settings: { initialWindowSize: MEBIBYTE },
};

/**
 * An HTTP/2 server for one Terraform process. `onClose` runs when a session of that Terraform has ended;
 * a session that was refused does not count, or anybody could end the process by knocking.
 */
export function createSessionServer(tls: MutualTls | undefined, onClose: () => void): Http2Server {
  const server = tls ? secureServer(tls) : createServer(OPTIONS);
  const expected = tls && new X509Certificate(tls.clientPem).raw;
  server.on("session", (session: ServerHttp2Session) => {
    session.on("error", (error) => log("debug", `The connection failed: ${error.message}`));
    if (expected && !presents(session, expected)) {
      log("warn", "Refused a connection whose client certificate is not Terraform's.");
      session.destroy();
      return;
    }
    session.setLocalWindowSize(16 * MEBIBYTE);
    session.on("close", onClose);
  });
  return server as Http2Server;
}

function secureServer({ certificate }: MutualTls) {
  return createSecureServer({
    ...OPTIONS,
    key: certificate.keyPem,
    cert: certificate.pem,
    minVersion: "TLSv1.2",
    requestCert: true,
    // The certificate is compared as a whole below, which is stricter than a chain of trust. An empty list of
    // authorities keeps Node from parsing its own 140, which takes longer than everything else here.
    ca: [],
    rejectUnauthorized: false,
  });
}

function presents(session: ServerHttp2Session, expected: Buffer): boolean {
  const certificate = (session.socket as TLSSocket).getPeerX509Certificate?.();
  return certificate?.raw.equals(expected) ?? false;
}
