import { execFileSync, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { buildSync } from "esbuild";
import { newAddress } from "../../lib/tfplugin/server/address";
import { selfSignedCertificate } from "../../lib/tfplugin/server/certificate";
import { refusal } from "../../lib/tfplugin/server/environment";
import { serveGrpc } from "../../lib/tfplugin/server/grpc";
import { handshakeLine, listen } from "../../lib/tfplugin/server/handshake";
import { createSessionServer } from "../../lib/tfplugin/server/session";
import { protobuf } from "../../lib/tfplugin/wire/messages";
import { fromWire, nothing, toWire } from "./caller";
import { provider } from "./fixture/provider";
import { callGrpc as call } from "./grpc-client";

describe("the certificate", () => {
  it("is a P-256 one for localhost that vouches for itself and is valid already", () => {
    const { der, pem } = selfSignedCertificate();
    const certificate = new X509Certificate(pem);
    expect(certificate.raw).toEqual(der);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now() - 3_600_000);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 86_400_000);
  });

  it.each([1, 2, 3, 60, 100, 150, 300])("encodes lengths right for a name of %d bytes", (length) => {
    const certificate = new X509Certificate(selfSignedCertificate("a".repeat(length)).pem);
    expect(certificate.subject).toBe(`CN=${"a".repeat(length)}`);
  });

  it("is in the handshake without padding, whatever its length", () => {
    const lengths = new Set<number>();
    // A signature is 70 to 72 bytes by chance, so it takes a few to meet every length that padding depends on.
    for (let tries = 0; lengths.size < 3 && tries < 200; tries++) {
      const certificate = selfSignedCertificate("a".repeat(10 + (tries % 6)));
      lengths.add(certificate.der.length % 3);
      const line = handshakeLine("unix", "/tmp/x", certificate);
      const encoded = line.trimEnd().split("|")[5]!;
      expect(line).toMatch(/^1\|6\|unix\|\/tmp\/x\|grpc\|[A-Za-z0-9+/]+\n$/);
      expect(Buffer.from(encoded, "base64")).toEqual(certificate.der);
    }
    expect(lengths.size).toBe(3);
  });
});

describe("the address", () => {
  it("is a socket in the temporary directory", () => {
    expect(newAddress("/tmp")).toMatchObject({
      network: "unix",
      path: expect.stringMatching(/^\/tmp\/plugin-/),
    });
  });

  it("is a TCP port where a socket's path would be cut off", () => {
    const room = (process.platform === "linux" ? 107 : 103) - "/plugin-0123456789ab.sock".length;
    expect(newAddress(`/${"a".repeat(room - 1)}`)).toMatchObject({ network: "unix" });
    expect(newAddress(`/${"a".repeat(room)}`)).toEqual({ network: "tcp" });
  });
});

describe("the server", () => {
  const terraform = selfSignedCertificate();
  const stranger = selfSignedCertificate();
  const certificate = selfSignedCertificate();
  let closed = 0;
  const server = createSessionServer(
    { certificate, clientPem: terraform.pem },
    () => closed++,
  ) as unknown as Server;
  let port = 0;

  beforeAll(async () => {
    serveGrpc(server as never, async (name) => {
      if (name === "/test/Echo") return async (bytes) => bytes;
      if (name === "/test/Fail") return () => Promise.reject(new Error("größer als 3%"));
      return undefined;
    });
    const { network, address } = await listen(server, { network: "tcp" });
    expect(network).toBe("tcp");
    port = Number(address.split(":")[1]);
  });

  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const session = (client?: { pem: string; keyPem: string }) =>
    connect("https://localhost", {
      createConnection: () =>
        tlsConnect({
          port,
          host: "127.0.0.1",
          servername: "localhost",
          ca: [certificate.pem],
          ALPNProtocols: ["h2"],
          ...(client ? { cert: client.pem, key: client.keyPem } : {}),
        }),
    });

  it("answers the client whose certificate it knows", async () => {
    const client = session(terraform);
    expect(await call(client, "/test/Echo", Buffer.from("hello"))).toEqual({
      status: 0,
      message: "",
      body: Buffer.from("hello"),
    });
    client.close();
    await new Promise((resolve) => client.on("close", resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(1);
  });

  it.each([
    ["another certificate", stranger],
    ["no certificate", undefined],
  ])("refuses a client with %s, and does not take its leaving for Terraform's", async (_what, client) => {
    const before = closed;
    const refused = session(client);
    refused.on("error", () => {});
    const answer = call(refused, "/test/Echo", Buffer.from("hello")).catch(() => "refused");
    await new Promise((resolve) => refused.on("close", resolve));
    expect(await answer).toBe("refused");
    expect(closed).toBe(before);
  });

  it("says UNIMPLEMENTED of what it does not know, and names what failed", async () => {
    const client = session(terraform);
    expect(await call(client, "/test/Other", Buffer.alloc(0))).toMatchObject({ status: 12 });
    expect(await call(client, "/test/Fail", Buffer.alloc(0))).toMatchObject({
      status: 2,
      message: "größer als 3%",
    });
    client.destroy();
  });

  it("takes and gives messages of 256 MB", async () => {
    const client = session(terraform);
    const message = Buffer.alloc(256 * 1024 * 1024, 7);
    const { status, body } = await call(client, "/test/Echo", message);
    expect(status).toBe(0);
    expect(body.length).toBe(message.length);
    client.destroy();
  });
});

describe("the process", () => {
  const directory = mkdtempSync(join(tmpdir(), "tfplugin-"));
  const executable = join(directory, "provider.js");
  const cookie = {
    TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
  };

  beforeAll(() => {
    buildSync({
      entryPoints: [join(__dirname, "fixture/main.ts")],
      bundle: true,
      platform: "node",
      target: "node20",
      outfile: executable,
    });
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  function start(temporary: string) {
    const env = { ...process.env, ...cookie, PLUGIN_CLIENT_CERT: undefined, TMPDIR: temporary };
    const child = spawn(process.execPath, [executable], { env, stdio: ["ignore", "pipe", "pipe"] });
    const line = new Promise<string[]>((resolve) => {
      child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim().split("|")));
    });
    const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, line, exit };
  }

  it("explains itself to a person", () => {
    expect(() => execFileSync(process.execPath, [executable], { stdio: "pipe", env: {} })).toThrow(
      /This program is a Terraform provider/,
    );
    expect(refusal(cookie)).toBeUndefined();
    expect(refusal({ ...cookie, PLUGIN_PROTOCOL_VERSIONS: "5" })).toMatch(/only 5/);
  });

  it("ignores Ctrl-C, ends when the connection closes, and removes its socket", async () => {
    const { child, line, exit } = start(directory);
    const [, , network, address] = await line;
    expect(network).toBe("unix");
    const client = connect(`http://localhost`, {
      createConnection: () => require("node:net").connect(address),
    });
    child.kill("SIGINT");
    expect(await call(client, "/tfplugin6.Provider/GetMetadata", Buffer.alloc(0))).toMatchObject({
      status: 0,
    });
    expect(
      await call(client, "/tfplugin6.Provider/GetResourceIdentitySchemas", Buffer.alloc(0)),
    ).toMatchObject({
      status: 12,
    });
    client.destroy();
    expect(await exit).toBe(0);
    expect(existsSync(address!)).toBe(false);
  });

  it("ends when the process that started it is killed before it has connected", async () => {
    const program = `
      const { spawn } = require("node:child_process");
      const child = spawn(process.execPath, [${JSON.stringify(executable)}], { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.once("data", () => process.stdout.write(String(child.pid)));
    `;
    const env = { ...process.env, ...cookie, PLUGIN_CLIENT_CERT: undefined, TMPDIR: directory };
    const parent = spawn(process.execPath, ["-e", program], { env, stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once("data", (data: Buffer) => resolve(Number(data)));
    });
    parent.kill("SIGKILL");
    const isAlive = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let tries = 0; isAlive() && tries < 100; tries++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isAlive()).toBe(false);
  });

  it("ends on Shutdown while the connection stays", async () => {
    const { line, exit } = start(directory);
    const [, , , address] = await line;
    const client = connect(`http://localhost`, {
      createConnection: () => require("node:net").connect(address),
    });
    client.on("error", () => {});
    expect(await call(client, "/plugin.GRPCController/Shutdown", Buffer.alloc(0))).toMatchObject({
      status: 0,
    });
    expect(await exit).toBe(0);
  });

  describe("on a Shutdown that cuts a call off", () => {
    /** Resolves with the answer, if there is one, and how long the process lives then. */
    async function shutDownDuring(name: string) {
      const { line, exit } = start(directory);
      const [, , , address] = await line;
      const client = connect(`http://localhost`, {
        createConnection: () => require("node:net").connect(address),
      });
      client.on("error", () => {});
      const schema = provider.resources!.demo_thing!;
      const request = { typeName: "demo_thing", plannedState: toWire({ name }, schema), priorState: nothing };
      const answer = call(
        client,
        "/tfplugin6.Provider/ApplyResourceChange",
        protobuf.encode("ApplyResourceChange.Request", request),
      ).catch(() => undefined);
      await call(client, "/plugin.GRPCController/Shutdown", Buffer.alloc(0));
      const began = performance.now();
      client.destroy();
      expect(await exit).toBe(0);
      return { answer: await answer, lived: performance.now() - began, schema };
    }

    it("lets it say what has been made, and gives Terraform the time to write its state", async () => {
      const { answer, lived, schema } = await shutDownDuring("unhurried");
      const { newState, diagnostics } = protobuf.decode("ApplyResourceChange.Response", answer!.body);
      expect(fromWire(newState as never, schema)).toMatchObject({ id: "thing-begun", name: "unhurried" });
      expect(diagnostics).toMatchObject([{ summary: expect.stringContaining("Creating demo_thing") }]);
      expect(lived).toBeGreaterThan(1000);
      expect(lived).toBeLessThan(2000);
    });

    it("does not wait for one that does not hear", async () => {
      const { answer, lived } = await shutDownDuring("slow");
      expect(answer?.status).not.toBe(0);
      expect(lived).toBeLessThan(2000);
    });
  });

  it("listens on TCP when the temporary directory's name is too long", async () => {
    const long = join(directory, "a".repeat(100));
    mkdirSync(long);
    const { child, line, exit } = start(long);
    const [, , network, address] = await line;
    expect([network, address]).toEqual(["tcp", expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    child.kill("SIGTERM");
    expect(await exit).toBe(143);
    expect(readdirSync(long)).toEqual([]);
  });
});
