/**
 * What has to answer: `tcp` (a connection that is not cut), `tls` (a handshake, whoever the certificate is of), `ssh`
 * (a banner), `udp-echo` (what was sent comes back), or `http` and `https` with, optionally, a status and a path:
 * `http:200/health`.
 */
export type Expectation = "tcp" | "tls" | "ssh" | "udp-echo" | `http${string}`;

/** An expectation in its parts. */
export interface Expected {
  readonly kind: "tcp" | "tls" | "ssh" | "udp-echo" | "http" | "https";
  readonly transport: "tcp" | "udp";
  /** Undefined: any that is no error of the server (5xx). */
  readonly status: number | undefined;
  readonly path: string;
}

const http = /^(https?)(?::([1-5]\d\d))?(\/[\x21-\x7e]*)?$/;

/** Reads an expectation; undefined where the text is none. */
export function parseExpectation(text: string): Expected | undefined {
  if (text === "tcp" || text === "tls" || text === "ssh" || text === "udp-echo") {
    return { kind: text, transport: text === "udp-echo" ? "udp" : "tcp", status: undefined, path: "" };
  }
  const [, kind, status, path = "/"] = http.exec(text) ?? [];
  if (kind !== "http" && kind !== "https") return undefined;
  return { kind, transport: "tcp", status: status === undefined ? undefined : Number(status), path };
}

/** What is wrong with an expectation of a forward; undefined where nothing is. */
export function expectationProblem(text: string, protocol?: string): string | undefined {
  const expected = parseExpectation(text);
  if (!expected) {
    return `expect is ${JSON.stringify(text)}, but it has to be tcp, tls, ssh, udp-echo, http or https, the last two with a status and a path if wanted, such as http:200/health.`;
  }
  if (protocol === undefined || protocol === expected.transport) return undefined;
  return `expect is ${JSON.stringify(text)}, which is of ${expected.transport}, but the forward is of ${protocol}.`;
}
