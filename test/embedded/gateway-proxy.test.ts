import { once } from "node:events";
import type { Socket } from "node:net";
import { type Gateway, type Route, relayGateway } from "../../lib/embedded/gateway";
import { proxyHeader } from "../../lib/embedded/gateway/proxy-header";
import { cleaner, client, ended, freePort, freshAddress, instance, read } from "./gateway-sockets";

const clean = cleaner();
const host = "127.0.0.1";
let gateway: Gateway;

beforeEach(() => {
  gateway = relayGateway();
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

async function route(target: Route["target"], change: Partial<Route> = {}): Promise<Route> {
  const [externalIp, externalPort] = [freshAddress(), await freePort()];
  const fixed = { id: "web", protocol: "tcp", portCount: 1, allowedCidrs: [], proxyProtocol: true } as const;
  const opened = { ...fixed, externalIp, externalPort, target, ...change };
  await gateway.open(opened);
  return opened;
}

/** An instance that answers all that it was sent, once the client has ended its side. */
const mirror = (at = host) => instance(clean, async (socket) => void socket.end(await read(socket)), at);

/** What the specification (section 2.2) says of a header and of what is behind it. */
function parse(bytes: Buffer) {
  expect(bytes.subarray(0, 12).toString("latin1")).toBe("\r\n\r\n\0\r\nQUIT\n");
  expect(bytes[12]).toBe(0x21);
  const length = bytes.readUInt16BE(14);
  const body = bytes.subarray(16, 16 + length);
  const payload = String(bytes.subarray(16 + length));
  if (bytes[13] === 0x11) {
    expect(length).toBe(12);
    const [source, destination] = [body.subarray(0, 4).join("."), body.subarray(4, 8).join(".")];
    return { source, destination, ports: [body.readUInt16BE(8), body.readUInt16BE(10)], payload };
  }
  expect([bytes[13], length]).toEqual([0x21, 36]);
  const [source, destination] = [body.toString("hex", 0, 16), body.toString("hex", 16, 32)];
  return { source, destination, ports: [body.readUInt16BE(32), body.readUInt16BE(34)], payload };
}

async function exchange(socket: Socket, text: string): Promise<Buffer> {
  socket.end(text);
  return read(socket);
}

describe("the header", () => {
  const ends = (remoteAddress: string, localAddress: string) => ({
    ...{ remoteAddress, remotePort: 56324, localAddress, localPort: 443 },
  });
  const signature = "0d0a0d0a000d0a515549540a";

  test.each([
    ["IPv4", ends("192.168.0.1", "192.0.2.255"), `${signature} 21 11 000c c0a80001 c00002ff dc04 01bb`],
    [
      "IPv6",
      ends("2001:db8::1", "fe80::a:0:0:1%eth0"),
      `${signature} 21 21 0024 20010db8000000000000000000000001 fe8000000000000000 0a000000000001 dc04 01bb`,
    ],
    [
      "IPv4 on an IPv6 socket",
      ends("::ffff:10.0.0.1", "::ffff:0.0.0.1"),
      `${signature} 21 11 000c 0a000001 00000001 dc04 01bb`,
    ],
  ])("of %s, byte by byte", (_, socket, expected) => {
    expect(proxyHeader(socket)?.toString("hex")).toBe(expected.replaceAll(" ", ""));
  });

  test("is none where the client is gone", () => {
    const gone = { remoteAddress: undefined, remotePort: undefined, localAddress: "192.0.2.1", localPort: 1 };
    expect(proxyHeader(gone)).toBeUndefined();
  });
});

describe("a TCP route that speaks the PROXY protocol", () => {
  test("names client and external address before the first byte, and what the client sends follows unchanged", async () => {
    const { externalIp, externalPort } = await route(await mirror());
    const socket = client(clean, externalPort, externalIp, "127.0.0.7");
    await once(socket, "connect");
    const { localPort } = socket;
    expect(parse(await exchange(socket, "ahoy"))).toEqual({
      source: "127.0.0.7",
      destination: externalIp,
      ports: [localPort, externalPort],
      payload: "ahoy",
    });
  });

  test("tells it to an instance whose service speaks first, before the client has said anything", async () => {
    const target = await instance(
      clean,
      (socket) => socket.once("data", (header) => socket.end(`hello ${parse(header).source}`)),
      host,
    );
    const { externalIp, externalPort } = await route(target);
    expect(String(await read(client(clean, externalPort, externalIp, "127.0.0.8")))).toBe("hello 127.0.0.8");
  });

  test("tells it also where the client sends nothing and ends its side at once", async () => {
    const { externalIp, externalPort } = await route(await mirror());
    const socket = client(clean, externalPort, externalIp);
    socket.end();
    expect(parse(await read(socket))).toMatchObject({ source: host, payload: "" });
  });

  test("tells IPv6 as IPv6, and IPv4 on a socket of both as IPv4", async () => {
    const six = await route(await mirror("::1"), { externalIp: "::1" });
    const answer = parse(await exchange(client(clean, six.externalPort, "::1"), "six"));
    const loopback = `${"0".repeat(31)}1`;
    expect(answer).toMatchObject({ source: loopback, destination: loopback, payload: "six" });
    const both = await route(await mirror(), { id: "both", externalIp: "::" });
    const mapped = await exchange(client(clean, both.externalPort, "127.0.0.3", "127.0.0.9"), "four");
    expect(parse(mapped)).toMatchObject({ source: "127.0.0.9", destination: "127.0.0.3", payload: "four" });
  });

  test("is no part of what the client sent, in the counts", async () => {
    const { externalIp, externalPort } = await route(await mirror());
    const back = await exchange(client(clean, externalPort, externalIp), "four");
    expect(gateway.statistics("web")).toMatchObject({ bytesIn: 4, bytesOut: back.length });
  });

  test("resets the client at once when the instance refuses", async () => {
    const { externalIp, externalPort } = await route({ host, port: await freePort() });
    expect(await ended(client(clean, externalPort, externalIp))).toBe("ECONNRESET");
  });

  test("changes in place with the next connection; open ones stay as they are", async () => {
    const target = await instance(clean, (socket) => socket.pipe(socket), host);
    const opened = await route(target, { proxyProtocol: false });
    const before = client(clean, opened.externalPort, opened.externalIp);
    before.write("1");
    expect(String((await once(before, "data"))[0])).toBe("1");
    await gateway.open({ ...opened, proxyProtocol: true });
    before.end("2");
    expect(String(await read(before))).toBe("2");
    const after = await exchange(client(clean, opened.externalPort, opened.externalIp), "3");
    expect(parse(after)).toMatchObject({ payload: "3" });
    await gateway.open(opened);
    expect(String(await exchange(client(clean, opened.externalPort, opened.externalIp), "4"))).toBe("4");
  });
});
