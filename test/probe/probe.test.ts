import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { listAll, type Platform, type PortForward, type Project } from "../../lib/contract";
import { type Expectation, expectationProblem } from "../../lib/probe";
import { parseExpectation } from "../../lib/probe/expectation";
import { failureOf } from "../../lib/probe/outcome";
import { parseTarget } from "../../lib/probe/target";
import { attemptTcp } from "../../lib/probe/tcp";
import { selfSignedCertificate } from "../../lib/tfplugin/server/certificate";
import { type Finished, fairlead } from "../support/command";
import { startTestPlatform } from "../support/embedded";

// Real connections through a real gateway, by the command as it is built.

let running: Awaited<ReturnType<typeof startTestPlatform>>;
let platform: Platform;
let project: Project;
let instances: Record<"web" | "echo", string>;
beforeAll(async () => {
  running = await startTestPlatform();
  platform = running.platform;
  project = await platform.projects.create({ name: "ai-lab" });
  const made = (name: string, image: string) =>
    platform.instances.create({ projectId: project.id, name, image, flavor: "small" });
  instances = { web: (await made("web", "http-hello")).id, echo: (await made("echo", "echo")).id };
});
afterAll(() => running.stop());

type Options = Partial<Pick<PortForward, "protocol" | "allowedCidrs" | "enabled">>;
async function forwardTo(instance: "web" | "echo", internalPort: number, options: Options = {}) {
  for (const old of await listAll(platform.portForwards, { instanceId: instances[instance] })) {
    if (old.internalPort === internalPort) await platform.portForwards.delete(old.id);
  }
  return platform.portForwards.create({
    projectId: project.id,
    instanceId: instances[instance],
    protocol: "tcp",
    internalPort,
    ...options,
  });
}

const probe = (address: string, ...args: string[]): Promise<Finished> =>
  fairlead(["probe", address, "--timeout", "1s", ...args], { env: { PATH: process.env.PATH } });

test.each<["web" | "echo", number, Expectation, RegExp]>([
  ["web", 8080, "tcp", /is reachable: TCP connection, after [\d.]+ s\.$/],
  ["web", 8080, "http:200", /is reachable: HTTP 200, after/],
  ["web", 8080, "http", /is reachable: HTTP 200, after/],
  ["web", 2222, "ssh", /is reachable: SSH-2\.0-Fairlead_hello web, after/],
  ["echo", 7007, "udp-echo", /\/udp is reachable: UDP echo, after/],
])("%s:%i answers to %s", async (instance, port, expect_, said) => {
  const { socketAddress } = await forwardTo(instance, port, {
    protocol: expect_ === "udp-echo" ? "udp" : "tcp",
  });
  const { code, stdout, stderr } = await probe(socketAddress, "--expect", expect_);
  expect({ code, stderr, lines: stdout.trimEnd().split("\n").length }).toEqual({
    code: 0,
    stderr: "",
    lines: 1,
  });
  expect(stdout.trimEnd()).toMatch(said);
});

/** Fails, and says so in one line. */
async function refused(address: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await probe(address, ...args);
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  return stderr;
}

test("where the instance refuses, it is said to, whatever was expected", async () => {
  const { socketAddress } = await forwardTo("web", 81);
  for (const what of ["tcp", "http", "ssh", "tls"]) {
    expect(await refused(socketAddress, "--expect", what)).toMatch(
      /is not reachable: the instance refuses \(the connection was let in and then cut; \d+ attempts? /,
    );
  }
});

test("where nothing listens outside, the gateway refuses", async () => {
  const { socketAddress } = await forwardTo("web", 8080, { enabled: false });
  expect(await refused(socketAddress)).toMatch(/the gateway refuses \(ECONNREFUSED; /);
  const udp = await forwardTo("echo", 7007, { protocol: "udp", enabled: false });
  expect(await refused(udp.socketAddress, "--expect", "udp-echo")).toMatch(
    /the gateway refuses \(ECONNREFUSED; /,
  );
});

test.each(["tcp", "udp-echo"])("where a name has no address, there is no way, by %s", async (what) => {
  expect(await refused("nowhere.invalid:22", "--expect", what, "--allowed", "192.0.2.0/24")).toMatch(
    /no way to the address \((ENOTFOUND|EAI_AGAIN); /,
  );
});

test("a source that is not allowed is named, by TCP and by UDP", async () => {
  const allowedCidrs = ["198.51.100.0/24"];
  const { socketAddress } = await forwardTo("web", 8080, { allowedCidrs });
  const said =
    /the source is not allowed \(this machine connects from 127\.[\d.]+, which is not among the allowed sources; /;
  expect(await refused(socketAddress, "--allowed", allowedCidrs.join())).toMatch(said);
  const udp = await forwardTo("echo", 7007, { protocol: "udp", allowedCidrs });
  expect(await refused(udp.socketAddress, "--expect", "udp-echo", "--allowed", allowedCidrs.join())).toMatch(
    said,
  );
});

test("what is silent is a time-out; what answers otherwise is said to", async () => {
  const { socketAddress } = await forwardTo("echo", 7007);
  expect(await refused(socketAddress, "--expect", "ssh")).toMatch(
    /time-out \(the connection was let in, but nothing answers; 1 attempt, 1\.\d s\)/,
  );
  expect(await refused(socketAddress, "--expect", "http")).toMatch(
    /another answer than expected \(what answers does not speak HTTP; /,
  );
  const web = await forwardTo("web", 8080);
  expect(await refused(web.socketAddress, "--expect", "http:404/x")).toMatch(
    /\(HTTP 200, but 404 was expected; /,
  );
  expect(await refused(web.socketAddress, "--expect", "tls")).toMatch(/\(what answers does not speak TLS/);
  expect(await refused(web.socketAddress, "--expect", "ssh")).toMatch(/no ssh server|nothing answers/);
});

describe("by itself", () => {
  let server: Server;
  afterEach(() => server.close());
  const listening = async (made: Server, port = 0): Promise<string> => {
    server = made.listen(port, "127.0.0.1");
    await once(server, "listening");
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  test("it waits for what starts later", async () => {
    const address = await listening(createServer());
    server.close();
    const probing = fairlead(["probe", address, "--timeout", "20s", "--expect", "http:204/up"], {
      env: process.env,
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const paths: unknown[] = [];
    await listening(
      createHttpServer((request, response) => {
        paths.push(request.url);
        response.writeHead(204).end();
      }),
      Number(address.split(":")[1]),
    );
    expect(await probing).toMatchObject({ code: 0, stdout: expect.stringContaining("HTTP 204") });
    expect(paths).toEqual(["/up"]);
  });

  test("a server that waits for the client is reachable, however little time there is", async () => {
    const address = await listening(createServer());
    expect(await probe(address, "--timeout", "500ms")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/is reachable: TCP connection, after 0\.\d s\.$/m),
    });
  });

  test("also an attempt that begins late waits until a connection stays, or is cut", async () => {
    const address = await listening(createServer());
    const last = {
      expected: parseExpectation("tcp")!,
      timeoutMs: 100,
      source: undefined,
      allowed: undefined,
    };
    expect(await attemptTcp({ ...last, target: parseTarget(address)!, settleMs: 300 })).toEqual({
      reachable: true,
      said: "TCP connection",
    });
    server.close();
    const cutting = createServer((socket) => setTimeout(() => socket.resetAndDestroy(), 200));
    expect(await refused(await listening(cutting))).toMatch(/the instance refuses \(.*; \d attempts in/);
  });

  test("TLS is a handshake, whoever the certificate is of, and HTTPS an answer behind it", async () => {
    const { pem: cert, keyPem: key } = selfSignedCertificate("somebody-else.test");
    const asked: unknown[] = [];
    const secure = createHttpsServer({ cert, key }, ({ url, headers }, response) => {
      asked.push([url, headers.host]);
      response.writeHead(url === "/health" ? 200 : 503).end();
    });
    const address = await listening(secure);
    const reached = async (expected: Expectation) => (await probe(address, "--expect", expected)).stdout;
    expect(await reached("tls")).toMatch(/is reachable: TLSv1\.[23], after/);
    expect(await reached("https:200/health")).toMatch(/is reachable: HTTPS 200, after/);
    expect(asked).toEqual([["/health", address]]);
    expect(await refused(address, "--expect", "https")).toMatch(
      /another answer than expected \(HTTPS 503, but less than 500 was expected; /,
    );
    expect(await refused(address, "--expect", "http")).toMatch(/another answer than expected|then cut/);
  });

  test("what is cut in the handshake, the instance refuses", async () => {
    const address = await listening(
      createServer((socket) => socket.once("data", () => socket.resetAndDestroy())),
    );
    for (const what of ["tls", "https"])
      expect(await refused(address, "--expect", what)).toMatch(/the instance refuses \(/);
  });

  test("from elsewhere, nothing but Node has to be there, and no word is read by a shell", async () => {
    const address = await listening(createServer((socket) => socket.end("SSH-2.0-x y\r\n")));
    const words = ["env", "-i", `PATH=${process.env.PATH}`, "MARK=$(touch /tmp/never); 'x"];
    const from = words.map((word) => `--from=${word}`);
    expect(await probe(address, "--expect", "ssh", ...from)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("SSH-2.0-x y"),
    });
    server.close();
    expect(await refused(address, ...from)).toMatch(/the gateway refuses/);
    const wrong = await probe(address, "--from", "/nowhere/ssh");
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toMatch(/^fairlead: \/nowhere\/ssh node - cannot be run: .* Correct --from\.\n$/);
  });
});

test.each([
  [["nowhere"], /The address is "nowhere", but it has to be host:port/],
  [["127.0.0.1:99999"], /The address is "127\.0\.0\.1:99999"/],
  [
    ["127.0.0.1:1", "--expect", "ftp"],
    /--expect is "ftp", but it has to be tcp, tls, ssh, udp-echo, http or https/,
  ],
  [
    ["127.0.0.1:1", "--allowed", "10.0.0.0/8,10.0.0.0/33"],
    /--allowed has "10\.0\.0\.0\/33", but it has to be/,
  ],
  [["127.0.0.1:1", "--allowed", "office"], /--allowed has "office"/],
  [["127.0.0.1:1", "--timeout", "soon"], /--timeout is "soon", but it has to be a number and ms, s or m/],
])("%j is refused with what is allowed", async (args, message) => {
  const { code, stderr } = await fairlead(["probe", ...args], { env: process.env });
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
});

test.each([
  ["ETIMEDOUT", false, undefined, "time-out", "the gateway does not answer"],
  [
    "ETIMEDOUT",
    false,
    false,
    "source",
    "this machine connects from 192.0.2.7, which is not among the allowed sources",
  ],
  ["ETIMEDOUT", true, true, "time-out", "the connection was let in, but nothing answers"],
  ["EHOSTUNREACH", false, undefined, "route", "EHOSTUNREACH"],
  ["ECONNRESET", false, true, "instance", "the connection was let in and then cut"],
  ["ECONNREFUSED", false, false, "gateway", "ECONNREFUSED"],
])("%s, connected %s, allowed %s: the hop is %s", (code, connected, allowed, hop, said) => {
  const error = Object.assign(new Error(code), { code });
  expect(failureOf(error, { connected, source: "192.0.2.7", allowed })).toEqual({
    reachable: false,
    hop,
    said,
  });
});

test("an expectation is of the forward's protocol", () => {
  expect(expectationProblem("https:301/a?b=c&d", "tcp")).toBeUndefined();
  expect(expectationProblem("http:999")).toMatch(/expect is "http:999"/);
  expect(expectationProblem("http:200/a b")).toMatch(/expect is/);
  expect(expectationProblem("ssh", "udp")).toMatch(/which is of tcp, but the forward is of udp/);
});
