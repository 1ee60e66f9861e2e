import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import type { Server, ServerOptions } from "node:https";
import { createSecureContext } from "node:tls";
import type { Logger } from "../log";

/** Files that a server proves by who it is. */
export interface TlsFiles {
  /** Its certificate, in PEM, with those between it and its CA behind it. */
  readonly certFile: string;
  /** The private key of its certificate, in PEM, without a passphrase. */
  readonly keyFile: string;
}

/** A certificate or key that cannot be used: which file, why, and what to do. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** Older versions are broken; who insists on them is refused. */
const minVersion = "TLSv1.2";
/** Who connects and says nothing does not keep a connection for long. */
const handshakeTimeout = 10_000;
/** How often it is looked whether the files are new: whoever renews them tells nobody. */
const lookEveryMs = 1_000;

/** What a server shows. */
interface Identity {
  readonly cert: string;
  readonly key: string;
  readonly certificate: X509Certificate;
}

/** Options of an HTTPS server. @throws CertificateError */
export function tlsOptions(files: TlsFiles): ServerOptions {
  const { cert, key } = readIdentity(files);
  return { cert, key, minVersion, handshakeTimeout };
}

/**
 * Takes renewed files without a restart: connections that are open keep what they have, new ones see the new
 * certificate. Files that do not fit each other, half of a renewal for example, change nothing.
 * @returns how to stop looking
 */
export function followRenewals(server: Server, files: TlsFiles, log: Logger): () => void {
  let shown = readIdentity(files);
  const look = (): void => {
    try {
      const now = readIdentity(files);
      if (now.cert === shown.cert && now.key === shown.key) return;
      server.setSecureContext({ cert: now.cert, key: now.key, minVersion });
      shown = now;
      log.info("the TLS certificate was renewed", { validTo: now.certificate.validTo });
    } catch (error) {
      log.warn(`the renewed TLS certificate is not taken: ${(error as Error).message}`);
    }
  };
  const watched = [files.certFile, files.keyFile];
  for (const file of watched) watchFile(file, { persistent: false, interval: lookEveryMs }, look);
  return () => {
    for (const file of watched) unwatchFile(file, look);
  };
}

/**
 * The names of a certificate when the host that is listened at is none of them, as clients would find out.
 * @throws CertificateError when the files cannot be used
 */
export function otherNames(files: TlsFiles, host: string): string | undefined {
  const { certificate } = readIdentity(files);
  return certificate.checkIP(host) === undefined && certificate.checkHost(host) === undefined
    ? (certificate.subjectAltName ?? certificate.subject.replaceAll("\n", ", "))
    : undefined;
}

function readIdentity({ certFile, keyFile }: TlsFiles): Identity {
  const cert = readPem(certFile, "TLS certificate");
  const key = readPem(keyFile, "TLS key");
  const certificate = parsed(certFile, cert);
  if (!certificate.checkPrivateKey(parsedKey(keyFile, key))) {
    throw new CertificateError(
      `The key in ${keyFile} does not belong to the first certificate in ${certFile}. Give the two that were made together; a server's own certificate stands before those of its CAs.`,
    );
  }
  try {
    createSecureContext({ cert, key, minVersion });
  } catch (error) {
    throw new CertificateError(
      `The TLS certificate in ${certFile} cannot be used: ${(error as Error).message}.`,
    );
  }
  return { cert, key, certificate };
}

function readPem(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CertificateError(
      `The file of the ${what}, ${file}, cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}

function parsed(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new CertificateError(`${file} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).`);
  }
}

function parsedKey(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    throw new CertificateError(
      text.includes("ENCRYPTED")
        ? `The key in ${file} has a passphrase, which nobody could type when the platform starts. Write it without: openssl pkey -in ${file} -out FILE.`
        : `${file} holds no private key in PEM (-----BEGIN PRIVATE KEY-----).`,
    );
  }
}
