import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { BindError, type Gateway, type Route, relayGateway } from "../../lib/embedded/gateway";
import { cleaner, client, ended, freshAddress, talk } from "./gateway-sockets";

const clean = cleaner();
const protocols = ["tcp", "udp"] as const;
type Protocol = (typeof protocols)[number];
/** Addresses of the test's own, on which every port is free. */
let external: string;
let host: string;
let gateway: Gateway;

beforeEach(() => {
  [external, host] = [freshAddress(), freshAddress()];
  gateway = relayGateway();
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

const range = (protocol: Protocol, externalPort: number, portCount: number, port = externalPort): Route => ({
  id: "range",
  protocol,
  externalIp: external,
  externalPort,
  portCount,
  target: { host, port },
  allowedCidrs: [],
});

const ports = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** An instance that answers on each of these ports with the port and what it got. */
async function answering(protocol: Protocol, on: readonly number[], at = host): Promise<void> {
  for (const port of on) {
    if (protocol === "udp") {
      const socket = createSocket("udp4");
      socket.on("message", (message, from) => socket.send(`${port} ${message}`, from.port, from.address));
      socket.bind(port, at);
      await once(socket, "listening");
      clean.up(() => once(socket.close(), "close"));
    } else {
      const server = createServer((socket) => {
        socket.on("data", (data) => socket.write(`${port} ${data}`)).on("error", () => {});
      });
      server.listen(port, at);
      await once(server, "listening");
      clean.up(() => once(server.close(), "close"));
    }
  }
}

/** A client of one external port that can ask more than once. */
function asking(protocol: Protocol, port: number): (what: string) => Promise<string> {
  if (protocol === "tcp") {
    const socket = client(clean, port, external);
    return (what) => talk(socket, what);
  }
  const socket = createSocket("udp4");
  clean.up(() => once(socket.close(), "close"));
  return async (what) => {
    socket.send(what, port, external);
    return String((await once(socket, "message"))[0]);
  };
}

/** Which of these external ports something is bound to. */
async function bound(protocol: Protocol, among: readonly number[]): Promise<number[]> {
  const found: number[] = [];
  for (const port of among) if (!(await bind(protocol, port))) found.push(port);
  return found;
}

/** Binds a port of the external address and frees it at once, unless it shall be held; false when it is taken. */
async function bind(protocol: Protocol, port: number, hold = false): Promise<boolean> {
  const socket: UdpSocket | ReturnType<typeof createServer> =
    protocol === "tcp" ? createServer() : createSocket("udp4");
  const listening = once(socket, "listening");
  if ("listen" in socket) socket.listen(port, external);
  else socket.bind(port, external);
  try {
    await listening;
  } catch {
    return false;
  }
  const free = () => once(socket.close(), "close");
  if (hold) clean.up(free);
  else await free();
  return true;
}

describe.each(protocols)("a %s range", (protocol) => {
  test("maps each external port onto the port of the same place", async () => {
    await answering(protocol, ports(7000, 7004));
    await gateway.open(range(protocol, 6000, 5, 7000));
    for (const i of [0, 1, 2, 3, 4]) {
      expect(await asking(protocol, 6000 + i)("hello")).toBe(`${7000 + i} hello`);
    }
    expect(await bound(protocol, ports(5998, 6006))).toEqual(ports(6000, 6004));
    await gateway.close("range");
    expect(await bound(protocol, ports(5998, 6006))).toEqual([]);
  });

  test("grows, shrinks and moves in place, and never touches the ports that stay", async () => {
    await answering(protocol, ports(6000, 6009));
    await gateway.open(range(protocol, 6000, 3));
    const kept = asking(protocol, 6002);
    await kept("first");

    const steps: [first: number, count: number][] = [
      [6000, 5],
      [6002, 3],
      [6001, 9],
      [6002, 1],
    ];
    for (const [first, count] of steps) {
      await gateway.open(range(protocol, first, count));
      expect(await bound(protocol, ports(5998, 6011))).toEqual(ports(first, first + count - 1));
      expect(await asking(protocol, first + count - 1)("new")).toBe(`${first + count - 1} new`);
      expect(await kept("again")).toBe("6002 again");
    }
    const before = steps.length;
    // One connection that lasted, or one flow, and one for each step.
    expect(gateway.statistics("range")?.totalConnections).toBe(before + 1);
  });

  test("moves by a part of its length, and its ports follow", async () => {
    await answering(protocol, ports(7000, 7002));
    await gateway.open(range(protocol, 6000, 3, 7000));
    await gateway.open(range(protocol, 6001, 3, 7000));
    expect(await bound(protocol, ports(5999, 6005))).toEqual(ports(6001, 6003));
    for (const i of [0, 1, 2]) expect(await asking(protocol, 6001 + i)("x")).toBe(`${7000 + i} x`);
  });

  test("opens all of its ports or none, and names the lowest that cannot be bound", async () => {
    await bind(protocol, 6007, true);
    await bind(protocol, 6003, true);
    const error = await gateway.open(range(protocol, 6000, 10)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(BindError);
    expect(error).toMatchObject({ code: "EADDRINUSE", port: 6003 });
    expect((error as Error).message).toContain(`${external}:6003/${protocol} is in use`);
    expect(await bound(protocol, ports(5999, 6010))).toEqual([6003, 6007]);
    expect(gateway.statistics("range")).toBeUndefined();
  });

  test("leaves what was open when it cannot grow", async () => {
    await answering(protocol, [6001]);
    await gateway.open(range(protocol, 6000, 3));
    const kept = asking(protocol, 6001);
    await kept("first");
    await bind(protocol, 6004, true);
    await expect(gateway.open(range(protocol, 6001, 5, 9))).rejects.toMatchObject({ port: 6004 });
    expect(await bound(protocol, ports(5999, 6006))).toEqual([6000, 6001, 6002, 6004]);
    expect(await kept("again")).toBe("6001 again");
    expect(await asking(protocol, 6001)("new")).toBe("6001 new");
  });

  test("of 1,000 ports opens, shrinks to one and closes", async () => {
    await answering(protocol, [30_999]);
    await gateway.open(range(protocol, 20_000, 1000, 30_000));
    expect(await bound(protocol, [19_999, 20_000, 20_500, 20_999, 21_000])).toEqual([20_000, 20_500, 20_999]);
    expect(await asking(protocol, 20_999)("last")).toBe("30999 last");
    await gateway.open(range(protocol, 20_000, 1, 30_000));
    expect(await bound(protocol, [20_000, 20_001, 20_999])).toEqual([20_000]);
  });
});

test("a port that is left out is cut, the others are not", async () => {
  await answering("tcp", [6000, 6001]);
  await gateway.open(range("tcp", 6000, 2));
  const [stays, goes] = [client(clean, 6000, external), client(clean, 6001, external)];
  expect([await talk(stays, "a"), await talk(goes, "b")]).toEqual(["6000 a", "6001 b"]);
  const cut = ended(goes);
  await gateway.open(range("tcp", 6000, 1));
  expect(await cut).toBe("ECONNRESET");
  expect(await talk(stays, "c")).toBe("6000 c");
  expect(gateway.statistics("range")).toMatchObject({ openConnections: 1, totalConnections: 2 });
});

test("another protocol or address moves all ports at once", async () => {
  await gateway.open(range("tcp", 6000, 4));
  await gateway.open(range("udp", 6000, 4));
  expect(await bound("tcp", ports(6000, 6003))).toEqual([]);
  expect(await bound("udp", ports(6000, 6003))).toEqual(ports(6000, 6003));
  const before = external;
  external = freshAddress();
  await gateway.open(range("udp", 6002, 4));
  expect(await bound("udp", ports(6000, 6007))).toEqual(ports(6002, 6005));
  external = before;
  expect(await bound("udp", ports(6000, 6007))).toEqual([]);
});

test("the limit of UDP flows counts the flows of all ports", async () => {
  gateway = relayGateway({ udpFlowsPerRoute: 2 });
  clean.up(() => gateway.shutdown());
  await answering("udp", ports(6000, 6002));
  await gateway.open(range("udp", 6000, 3));
  for (let i = 0; i < 6; i++) await asking("udp", 6000 + (i % 3))("newcomer");
  expect(gateway.statistics("range")).toMatchObject({ openConnections: 2, totalConnections: 6 });
});
