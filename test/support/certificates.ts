import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** What a certificate is for. */
export interface CertificateRequest {
  /** As OpenSSL writes them: `IP:127.0.0.1`, `DNS:lab.example`. */
  readonly names: string;
  /** From now on; negative: it has expired. @default 2 */
  readonly days?: number;
  /** Of its files. @default "server" */
  readonly file?: string;
}

/** An authority that makes certificates, with OpenSSL, in a folder. */
export class CertificateAuthority {
  /** Its own certificate, which clients have to trust. */
  readonly caFile: string;

  constructor(
    private readonly folder: string,
    private readonly name = "ca",
  ) {
    this.caFile = this.path("pem");
    const extensions = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
    openssl(
      ...["req", "-x509", ...newKey, "-keyout", this.path("key"), "-out", this.caFile],
      ...["-days", "2", "-subj", `/CN=${name}`, ...extensions.flatMap((text) => ["-addext", text])],
    );
  }

  /** Makes a certificate and its key; an existing one of the same file is replaced. */
  issue({ names, days = 2, file = "server" }: CertificateRequest): { certFile: string; keyFile: string } {
    const [certFile, keyFile, request, extensions] = ["pem", "key", "csr", "ext"].map((end) =>
      join(this.folder, `${file}.${end}`),
    ) as [string, string, string, string];
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    openssl("req", "-new", ...newKey, "-keyout", keyFile, "-out", request, "-subj", "/CN=server");
    openssl(
      ...["x509", "-req", "-in", request, "-CA", this.caFile, "-CAkey", this.path("key"), "-CAcreateserial"],
      ...["-days", String(days), "-extfile", extensions, "-out", certFile],
    );
    return { certFile, keyFile };
  }

  private path(end: string): string {
    return join(this.folder, `${this.name}.${end}`);
  }
}

/** Runs OpenSSL. @throws Error with what it says */
export function openssl(...args: string[]): string {
  return execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
