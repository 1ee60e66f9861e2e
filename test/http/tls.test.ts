import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { httpPlatform } from "../../lib/http/client";
import { servePlatform } from "../../lib/http/server";
import type { TlsFiles } from "../../lib/http/tls";
import { rejection } from "../../lib/testing/conformance/rejection";
import { CertificateAuthority, openssl } from "../support/certificates";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { textLogger } from "../support/log";
import { eventually } from "../support/processes";

afterEach(cleanUp);

/** A platform behind TLS; its client trusts what it is given. */
async function served(tls: TlsFiles, lines: string[] = []) {
  const { platform, stop } = await startTestPlatform();
  onCleanUp(stop);
  const server = await servePlatform(platform, {
    ...{ host: "127.0.0.1", port: 0, token: "s3cret", version: "0", tls },
    log: textLogger((line) => lines.push(line)),
  });
  onCleanUp(server.close);
  const { endpoint } = server;
  const client = (ca?: string, through = endpoint) =>
    httpPlatform({ endpoint: through, endpointSource: "FAIRLEAD_ENDPOINT", token: "s3cret", ca });
  return { endpoint, port: Number(new URL(endpoint).port), client };
}

const loopback = { names: "IP:127.0.0.1" };
const text = (file: string): string => readFileSync(file, "utf8");

test("who trusts the CA talks to the platform over TLS 1.2 or newer, and over nothing older", async () => {
  const ca = new CertificateAuthority(freshFolder());
  const { endpoint, port, client } = await served(ca.issue(loopback));
  expect(endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const project = await client(text(ca.caFile)).projects.create({ name: "ai-lab" });
  expect((await client(text(ca.caFile)).projects.get(project.id)).name).toBe("ai-lab");
  const protocol = (maxVersion: "TLSv1.1" | "TLSv1.2" | "TLSv1.3") =>
    new Promise((resolve) => {
      const socket: TLSSocket = connectTls(
        {
          port,
          host: "127.0.0.1",
          ca: text(ca.caFile),
          maxVersion,
          minVersion: "TLSv1",
          ciphers: "ALL@SECLEVEL=0",
        },
        () => {
          resolve(socket.getProtocol());
          socket.destroy();
        },
      ).on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
    });
  expect(await protocol("TLSv1.3")).toBe("TLSv1.3");
  expect(await protocol("TLSv1.2")).toBe("TLSv1.2");
  expect(await protocol("TLSv1.1")).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
});

test("a client says why it does not trust a platform, at once, and what to do", async () => {
  const folder = freshFolder();
  const ca = new CertificateAuthority(folder);
  const other = new CertificateAuthority(folder, "other");
  const good = await served(ca.issue(loopback));
  const named = await served(ca.issue({ names: "DNS:lab.example", file: "named" }));
  const expired = await served(ca.issue({ ...loopback, days: -1, file: "expired" }));
  const plain = await (async () => {
    const { platform, stop } = await startTestPlatform();
    onCleanUp(stop);
    const server = await servePlatform(platform, {
      ...{ host: "127.0.0.1", port: 0, token: "s3cret", version: "0" },
    });
    onCleanUp(server.close);
    return server.endpoint.replace("http:", "https:");
  })();
  const says = async (client: ReturnType<typeof good.client>) => {
    const began = performance.now();
    const error = await rejection(client.projects.list(), "unreachable");
    // Nothing of this gets better by trying again.
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(error.message).not.toContain("s3cret");
    return error.message;
  };
  const trusted = text(ca.caFile);
  expect(await says(good.client())).toContain(
    "its certificate comes from a CA that is not known here; name the file of that CA in FAIRLEAD_CA_FILE, or the provider's ca_file (caFile in a construct)",
  );
  expect(await says(good.client(text(other.caFile)))).toMatch(
    /comes from another CA than the one given; correct FAIRLEAD_CA_FILE/,
  );
  expect(await says(named.client(trusted))).toContain(
    "its certificate is not for 127.0.0.1 but for DNS:lab.example; use a name of the certificate",
  );
  expect(await says(good.client(trusted, good.endpoint.replace("127.0.0.1", "localhost")))).toContain(
    "its certificate is not for localhost but for IP Address:127.0.0.1;",
  );
  expect(await says(expired.client(trusted))).toMatch(/its certificate has expired; renew it/);
  expect(await says(good.client(trusted, plain))).toMatch(
    /does not speak TLS; begin the endpoint with http:/,
  );
});

test("a renewed certificate is taken without a restart; half a renewal changes nothing", async () => {
  const ca = new CertificateAuthority(freshFolder());
  const files = ca.issue(loopback);
  const lines: string[] = [];
  const { port, client } = await served(files, lines);
  const trusted = text(ca.caFile);
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket: TLSSocket = connectTls({ port, host: "127.0.0.1", ca: trusted }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      }).on("error", reject);
    });
  const first = await shown();
  const renewed = ca.issue({ ...loopback, file: "renewed" });
  writeFileSync(files.certFile, text(renewed.certFile));
  await eventually(() => lines.some((line) => /is not taken: The key in .* does not belong to/.test(line)));
  expect(await shown()).toBe(first);
  writeFileSync(files.keyFile, text(renewed.keyFile));
  await eventually(() => lines.some((line) => line.startsWith("the TLS certificate was renewed")));
  expect(await shown()).not.toBe(first);
  expect((await client(trusted).projects.list()).items).toEqual([]);
});

test("files that cannot be used are refused with which one, why, and what to do", async () => {
  const folder = freshFolder();
  const ca = new CertificateAuthority(folder);
  const one = ca.issue(loopback);
  const other = ca.issue({ ...loopback, file: "other" });
  const noise = join(folder, "noise");
  writeFileSync(noise, "hello\n");
  const locked = join(folder, "locked.key");
  openssl("pkey", "-in", one.keyFile, "-aes256", "-passout", "pass:hunter2", "-out", locked);
  const cases: [TlsFiles, RegExp][] = [
    [{ ...one, certFile: "/nowhere" }, /TLS certificate, \/nowhere, cannot be read \(ENOENT\)/],
    [{ ...one, keyFile: folder }, /TLS key, .*, cannot be read \(EISDIR\)/],
    [{ ...one, certFile: noise }, /noise holds no certificate in PEM/],
    [{ ...one, keyFile: noise }, /noise holds no private key in PEM/],
    [{ ...one, keyFile: locked }, /has a passphrase.* openssl pkey -in/],
    [
      { ...one, keyFile: other.keyFile },
      /other\.key does not belong to the first certificate in .*server\.pem/,
    ],
  ];
  const { platform, stop } = await startTestPlatform();
  onCleanUp(stop);
  for (const [tls, message] of cases) {
    const start = servePlatform(platform, {
      ...{ host: "127.0.0.1", port: 0, token: "t", version: "0", tls },
    });
    await expect(start).rejects.toThrow(message);
    await expect(start).rejects.toMatchObject({ name: "CertificateError" });
  }
});
