import type { TransportOptions } from "./transport";

/** Codes of Node for a chain of certificates that ends in none that is trusted. */
const unknownIssuer = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);

/** What Node says of a connection that came to nothing. */
interface NodeCause {
  readonly message?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

/** Why a server that answers cannot be trusted, and what to do; undefined when that is not what went wrong. */
export function distrust(
  code: string,
  cause: unknown,
  { ca, caSetting, baseUrl }: Pick<TransportOptions, "ca" | "caSetting" | "baseUrl">,
): string | undefined {
  const { message = "", cert } = (cause ?? {}) as NodeCause;
  if (unknownIssuer.has(code)) {
    return ca === undefined
      ? `its certificate comes from a CA that is not known here; name the file of that CA in ${caSetting} (${code})`
      : `its certificate comes from another CA than the one given; correct ${caSetting} (${code})`;
  }
  switch (code) {
    case "ERR_TLS_CERT_ALTNAME_INVALID": {
      const names = cert?.subjectaltname;
      const host = new URL(baseUrl).hostname;
      return `its certificate is not for ${host}${names ? ` but for ${names}` : ""}; use a name of the certificate as the endpoint's host, or have one made for ${host} (${code})`;
    }
    case "CERT_HAS_EXPIRED":
      return `its certificate has expired; renew it on the platform's host, which takes a new file without a restart, or correct the clock of this one (${code})`;
    case "CERT_NOT_YET_VALID":
      return `its certificate is not valid yet; correct the clock of the platform's host or of this one (${code})`;
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return /wrong version number|packet length too long|http request/i.test(message)
        ? `it does not speak TLS; begin the endpoint with http:// (${code})`
        : `no TLS connection comes about; TLS 1.2 is the oldest version that is spoken (${code})`;
    default:
      return undefined;
  }
}
