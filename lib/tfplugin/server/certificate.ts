import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { der } from "./der";

/** A certificate with its key. */
export interface Certificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly keyPem: string;
}

const ECDSA_WITH_SHA256 = "2a8648ce3d040302";
const COMMON_NAME = "550403";
const KEY_USAGE = "551d0f";
const EXTENDED_KEY_USAGE = "551d25";
const CLIENT_AUTH = "2b06010505070302";
const SERVER_AUTH = "2b06010505070301";
const BASIC_CONSTRAINTS = "551d13";
const SUBJECT_ALTERNATIVE_NAME = "551d11";
const DAY = 86_400_000;

/**
 * A self-signed P-256 certificate for TLS between Terraform and this process, made by hand:
 * node:crypto makes keys but no certificates, and the libraries that do cost more than the whole start.
 *
 * It is valid from a day ago, because clocks of containers are skewed, for a year: a process lives for one walk.
 */
export function selfSignedCertificate(host = "localhost"): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  const name = der.sequence(der.set(der.sequence(der.oid(COMMON_NAME), der.utf8(host))));
  const now = Date.now();
  const body = der.sequence(
    der.context(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    algorithm,
    name,
    der.sequence(der.time(new Date(now - DAY)), der.time(new Date(now + 365 * DAY))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der.context(3, extensions(host)),
  );
  const signature = createSign("SHA256").update(body).sign(privateKey);
  const certificate = der.sequence(body, algorithm, der.bits(signature));
  return {
    der: certificate,
    pem: pemOf(certificate),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

/** 16 random bytes that read as a positive number without a leading zero, which DER forbids. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x01;
  return bytes;
}

function extensions(host: string): Buffer {
  const critical = (id: string, value: Buffer) => der.sequence(der.oid(id), der.true(), der.octets(value));
  const extension = (id: string, value: Buffer) => der.sequence(der.oid(id), der.octets(value));
  // digitalSignature, keyEncipherment, keyAgreement, keyCertSign; the two last bits are unused.
  const usage = der.bits(Buffer.from([0b10101100]), 2);
  return der.sequence(
    critical(KEY_USAGE, usage),
    extension(EXTENDED_KEY_USAGE, der.sequence(der.oid(CLIENT_AUTH), der.oid(SERVER_AUTH))),
    // Terraform trusts this very certificate as a root, so it must be an authority.
    critical(BASIC_CONSTRAINTS, der.sequence(der.true())),
    extension(SUBJECT_ALTERNATIVE_NAME, der.sequence(der.contextText(2, host))),
  );
}

function pemOf(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
