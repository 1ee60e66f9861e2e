import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ephemeralWarning, kernelPorts } from "../../lib/cli/platform/ephemeral-ports";
import { wildcardListeners } from "../../lib/cli/platform/wildcard-listeners";
import { holdConnection, hostAndPort } from "../../lib/testing/conformance/traffic";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";

// What `fairlead platform start` says and does of the gateway: ports, the connection log, and connections at its end.

jest.setTimeout(60_000);
afterEach(cleanUp);

async function echoForward({ api }: PlatformProcess) {
  const { target } = await projectWithInstance(api, "ai-lab", "echo");
  return api.portForwards.create({ ...target, internalPort: 7007 });
}

describe("programs of the host that listen at all of its addresses", () => {
  test("TCP and UDP, IPv4 and IPv6, and none that listen at one address", async () => {
    const tcp = createServer().listen(0, "0.0.0.0");
    const one = createServer().listen(0, "127.0.0.1");
    const six = createServer().listen(0, "::");
    const udp = createSocket("udp4").bind(0, "0.0.0.0");
    onCleanUp(() => [tcp, one, six, udp].forEach((socket) => void socket.close()));
    await Promise.all([tcp, one, six, udp].map((socket) => once(socket, "listening")));
    const [a, b, c, d] = [tcp, one, six, udp].map((socket) => (socket.address() as { port: number }).port);
    const found = wildcardListeners();
    expect(found).toEqual(expect.arrayContaining([`tcp ${a}`, `tcp ${c}`, `udp ${d}`]));
    expect(found).not.toContain(`tcp ${b}`);
    expect(wildcardListeners("/nowhere")).toEqual([]);
  });

  test("an exposed platform names them at start, and only such a one", async () => {
    const program = createServer().listen(0, "0.0.0.0");
    onCleanUp(() => void program.close());
    await once(program, "listening");
    const said = async (...args: string[]) => {
      const platform = await startPlatformProcess({ args });
      await platform.stop();
      return (await platform.launched.exit).stderr;
    };
    const text = "programs of this host listen at all of its addresses (";
    expect(await said("--expose")).toContain(text);
    expect(await said()).not.toContain(text);
  });
});

describe("ports that the kernel gives to outgoing connections", () => {
  const kernel = (reserved = "") => ({ local: "32768\t60999\n", reserved: `${reserved}\n` });
  const reserve = (ports: { from: number; to: number }, reserved?: string) =>
    ephemeralWarning(ports, kernel(reserved))?.replace(/^.*reserved_ports=/s, "");

  test.each([
    ["below them", { from: 20_000, to: 32_767 }, undefined, undefined],
    ["above them", { from: 61_000, to: 65_535 }, undefined, undefined],
    ["reserved as a whole", { from: 40_000, to: 40_010 }, "40000-40010", undefined],
    ["reserved in parts", { from: 40_000, to: 40_010 }, "40000-40004,40005,40006-41000", undefined],
    ["among them", { from: 40_000, to: 40_010 }, undefined, "40000-40010"],
    ["partly among them", { from: 30_000, to: 32_768 }, undefined, "32768"],
    ["around them", { from: 1, to: 65_535 }, undefined, "32768-60999"],
    [
      "reserved but for the middle",
      { from: 40_000, to: 40_010 },
      "40000-40003,40008-40010",
      "40000-40003,40008-40010,40004-40007",
    ],
    ["beside others that are reserved", { from: 40_000, to: 40_001 }, "8080,50000", "8080,50000,40000-40001"],
  ])("%s: what is to be reserved, with what is already", (_, ports, reserved, expected) => {
    expect(reserve(ports, reserved)).toBe(expected);
  });

  test("nothing is said where the kernel says nothing", () => {
    expect(kernelPorts("/nowhere")).toBeUndefined();
    expect(ephemeralWarning({ from: 1, to: 65_535 }, undefined)).toBeUndefined();
  });

  test("a platform whose ports are among them says so once, at start, and starts", async () => {
    const [from] = kernelPorts()!.local.trim().split(/\s+/).map(Number);
    const ports = `${from! + 5_000}-${from! + 5_009}`;
    const platform = await startPlatformProcess({ args: ["--ports", ports] });
    await platform.stop();
    const { stderr } = await platform.launched.exit;
    const lines = stderr.split("\n").filter((line) => line.includes("ip_local_reserved_ports"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`external ports ${ports} are among those`);
    expect(lines[0]).toContain('"level":"warn"');
  });
});

test("--connection-log: a line for each connection, the cut ones at the end among them", async () => {
  const file = join(freshFolder(), "connections.log");
  const platform = await startPlatformProcess({ args: ["--connection-log", file] });
  const forward = await echoForward(platform);
  const first = await holdConnection(forward.socketAddress);
  first.end();
  const second = await holdConnection(forward.socketAddress);
  expect(await platform.stop()).toBe(0);
  await second.cut;
  const lines = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const about = { forward: forward.id, protocol: "tcp", instance: `${forward.internalIp}:7007` };
  expect(lines).toMatchObject([about, { ...about, reason: "cut" }]);
  expect(lines[0].client).toMatch(/^127\.0\.0\.1:\d+$/);
});

describe("--drain", () => {
  test("open connections go on and newcomers are refused; the platform ends with the last of them", async () => {
    const platform = await startPlatformProcess({ args: ["--drain", "30s"] });
    const { socketAddress } = await echoForward(platform);
    const open = await holdConnection(socketAddress);
    const stopped = platform.stop();
    await sleep(500);
    const refused = connect(hostAndPort(socketAddress));
    expect(await once(refused, "error")).toMatchObject([{ code: "ECONNREFUSED" }]);
    expect(await open.echoes()).toBe(true);
    open.end();
    expect(await stopped).toBe(0);
  });

  test("what is still open after that time is cut", async () => {
    const platform = await startPlatformProcess({ args: ["--drain", "1s"] });
    const open = await holdConnection((await echoForward(platform)).socketAddress);
    const began = Date.now();
    expect(await platform.stop()).toBe(0);
    expect((await open.cut) - began).toBeGreaterThan(900);
  });

  test("a second signal cuts it short", async () => {
    const platform = await startPlatformProcess({ args: ["--drain", "60m"] });
    const open = await holdConnection((await echoForward(platform)).socketAddress);
    const stopped = platform.stop();
    await sleep(500);
    expect(await open.echoes()).toBe(true);
    expect(await platform.stop("SIGINT")).toBe(0);
    await stopped;
    await open.cut;
  });

  test.each(["10", "-1s", "61m", "1d", "ten"])("%s is refused with what is allowed", async (drain) => {
    await expect(startPlatformProcess({ args: [`--drain=${drain}`] })).rejects.toThrow(
      "a whole number and s or m, 60m at most, such as 10s",
    );
  });
});
