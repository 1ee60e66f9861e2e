import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Gateway, type Route, type RouteStatistics, relayGateway } from "../../lib/embedded/gateway";
import {
  cleaner,
  client,
  ended,
  freePort,
  freshAddress,
  instance,
  silentInstance,
  talk,
} from "./gateway-sockets";

const clean = cleaner();
const host = "127.0.0.1";
const port = 6000;
let external: string;
let gateway: Gateway;

beforeEach(() => {
  external = freshAddress();
  gateway = relayGateway({ connectTimeoutMs: 300, udpIdleMs: 300 });
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

const route = (target: Route["target"], change: Partial<Route> = {}): Route => ({
  id: "web",
  protocol: "tcp",
  externalIp: external,
  externalPort: port,
  portCount: 1,
  target,
  allowedCidrs: [],
  ...change,
});

const none: RouteStatistics = {
  openConnections: 0,
  totalConnections: 0,
  refusedConnections: 0,
  bytesIn: 0,
  bytesOut: 0,
};

/** The counts once they are as expected; a socket's end takes a few turns. */
async function counts(expected: Partial<RouteStatistics>): Promise<RouteStatistics> {
  for (let i = 0; ; i++) {
    const now = gateway.statistics("web");
    const met = Object.entries(expected).every(
      ([name, value]) => now?.[name as keyof RouteStatistics] === value,
    );
    if (now && (met || i === 200)) {
      expect(now).toMatchObject(expected);
      return now;
    }
    await sleep(10);
  }
}

const echo = () => instance(clean, (socket) => socket.pipe(socket), host);

async function udpEcho(answer: (message: Buffer) => string | Buffer = (message) => message) {
  const socket = createSocket("udp4");
  socket.on("message", (message, from) => socket.send(answer(message), from.port, from.address));
  socket.bind(0, host);
  await once(socket, "listening");
  clean.up(() => once(socket.close(), "close"));
  return { host, port: socket.address().port };
}

function udpClient() {
  const socket = createSocket("udp4");
  clean.up(() => once(socket.close(), "close"));
  return socket;
}

describe("what a TCP route has carried", () => {
  test("is nothing before the first connection, and unknown before it is opened", async () => {
    expect(gateway.statistics("web")).toBeUndefined();
    await gateway.open(route(await echo()));
    expect(gateway.statistics("web")).toEqual(none);
  });

  test("counts connections and the bytes of each direction", async () => {
    const target = await instance(clean, (socket) => socket.on("data", () => socket.write("four")), host);
    await gateway.open(route(target));
    const began = Date.now();
    const [one, two] = [client(clean, port, external), client(clean, port, external)];
    await talk(one, "sixteen bytes...");
    await talk(two, "1");
    const now = await counts({ openConnections: 2, totalConnections: 2, bytesIn: 17, bytesOut: 8 });
    expect(now.refusedConnections).toBe(0);
    expect(now.lastUsedAt).toBeGreaterThanOrEqual(began);
    expect(now.lastUsedAt).toBeLessThanOrEqual(Date.now());
    one.resetAndDestroy();
    await counts({ openConnections: 1, totalConnections: 2 });
  });

  test("counts every byte of a large transfer, both ways", async () => {
    await gateway.open(route(await echo()));
    const socket = client(clean, port, external);
    const size = 20_000_003;
    let got = 0;
    socket.on("data", (data) => {
      got += data.length;
    });
    socket.end(Buffer.alloc(size));
    await once(socket, "end");
    expect(got).toBe(size);
    await counts({ openConnections: 0, totalConnections: 1, bytesIn: size, bytesOut: size });
  });

  test("was last used when bytes last flowed, not when the connection began", async () => {
    await gateway.open(route(await echo()));
    const socket = client(clean, port, external);
    await talk(socket, "first");
    const first = gateway.statistics("web")?.lastUsedAt;
    // Bytes are timed to half a second, and again when there were none for a while.
    for (const ms of [700, 1_300]) {
      await sleep(ms);
      const began = Date.now();
      await talk(socket, "again");
      const { lastUsedAt } = gateway.statistics("web")!;
      expect(lastUsedAt).toBeGreaterThan(began - 600);
      expect(lastUsedAt).toBeLessThanOrEqual(Date.now());
      expect(lastUsedAt).toBeGreaterThan(first!);
    }
  });

  test("counts sources that are not allowed as refused, and as no use", async () => {
    await gateway.open(route(await echo(), { allowedCidrs: ["192.0.2.0/24"] }));
    expect(await ended(client(clean, port, external))).toBe("ECONNRESET");
    expect(gateway.statistics("web")).toEqual({ ...none, refusedConnections: 1 });
  });

  test("counts an instance that refuses, and one that does not answer in time", async () => {
    await gateway.open(route({ host, port: await freePort() }));
    await ended(client(clean, port, external));
    await counts({ openConnections: 0, totalConnections: 1, refusedConnections: 1 });
    await gateway.open(route(await silentInstance(clean)));
    const waiting = client(clean, port, external);
    await counts({ openConnections: 1, totalConnections: 2, refusedConnections: 1 });
    await ended(waiting);
    await counts({ openConnections: 0, totalConnections: 2, refusedConnections: 2, bytesIn: 0 });
  });

  test("counts no refusal for a connection that breaks later", async () => {
    const target = await instance(clean, (socket) => socket.on("data", () => socket.resetAndDestroy()), host);
    await gateway.open(route(target));
    const socket = client(clean, port, external);
    socket.write("die");
    expect(await ended(socket)).toBe("ECONNRESET");
    await counts({ openConnections: 0, totalConnections: 1, refusedConnections: 0, bytesIn: 3 });
  });

  test("is kept through every change in place", async () => {
    const target = await echo();
    await gateway.open(route(target));
    const kept = client(clean, port, external);
    await talk(kept, "12345");
    const changes: Partial<Route>[] = [
      { target: await echo() },
      { allowedCidrs: ["127.0.0.0/8"] },
      { portCount: 5 },
      { externalPort: port + 2, portCount: 1 },
      { protocol: "udp" },
      { externalIp: freshAddress() },
      {},
    ];
    for (const change of changes) {
      await gateway.open(route(target, change));
      expect(gateway.statistics("web")).toMatchObject({ totalConnections: 1, bytesIn: 5, bytesOut: 5 });
    }
    await expect(gateway.open(route(target, { allowedCidrs: ["nonsense"] }))).rejects.toThrow(TypeError);
    expect(gateway.statistics("web")).toMatchObject({ totalConnections: 1, bytesIn: 5 });
  });

  test("is what close resolves with, after the last connection is cut; then it begins anew", async () => {
    const target = await echo();
    await gateway.open(route(target));
    await talk(client(clean, port, external), "12345");
    const now = gateway.statistics("web");
    expect(now?.openConnections).toBe(1);
    expect(await gateway.close("web")).toEqual({ ...now, openConnections: 0 });
    expect(gateway.statistics("web")).toBeUndefined();
    expect(await gateway.close("web")).toBeUndefined();
    await gateway.open(route(target));
    expect(gateway.statistics("web")).toEqual(none);
  });

  test("is what a shutdown resolves with, for each route", async () => {
    await gateway.open(route(await echo()));
    await gateway.open(route(await echo(), { id: "idle", externalPort: port + 1 }));
    await talk(client(clean, port, external), "12345");
    const final = await gateway.shutdown();
    expect(final.get("web")).toMatchObject({ openConnections: 0, totalConnections: 1, bytesIn: 5 });
    expect(final.get("idle")).toEqual(none);
  });
});

describe("what a UDP route has carried", () => {
  const udp = (target: Route["target"], change: Partial<Route> = {}) =>
    route(target, { protocol: "udp", ...change });

  test("counts flows and the bytes of each direction", async () => {
    await gateway.open(udp(await udpEcho(() => "four")));
    const [one, two] = [udpClient(), udpClient()];
    for (const [socket, text] of [
      [one, "12345"],
      [one, "67"],
      [two, "8"],
    ] as const) {
      const answered = once(socket, "message");
      socket.send(text, port, external);
      await answered;
    }
    const now = gateway.statistics("web");
    expect(now).toMatchObject({ openConnections: 2, totalConnections: 2, bytesIn: 8, bytesOut: 12 });
    expect(now?.lastUsedAt).toBeGreaterThan(Date.now() - 5_000);
    // An idle flow is over.
    await counts({ openConnections: 0, totalConnections: 2, refusedConnections: 0 });
  });

  test("counts datagrams of sources that are not allowed as refused", async () => {
    await gateway.open(udp(await udpEcho(), { allowedCidrs: ["192.0.2.0/24"] }));
    udpClient().send("no", port, external);
    const now = await counts({ refusedConnections: 1 });
    expect(now).toEqual({ ...none, refusedConnections: 1 });
  });

  test("counts a flow once whose instance has closed its port", async () => {
    await gateway.open(udp({ host, port: await freePort() }));
    const socket = udpClient();
    for (const text of ["one", "two", "three"]) {
      socket.send(text, port, external);
      await sleep(30);
    }
    await counts({ openConnections: 1, totalConnections: 1, refusedConnections: 1 });
  });

  test("counts flows that find the table full of conversations as refused", async () => {
    gateway = relayGateway({ udpFlowsPerRoute: 1 });
    clean.up(() => gateway.shutdown());
    await gateway.open(udp(await udpEcho()));
    const talker = udpClient();
    for (const text of ["1", "2"]) {
      const answered = once(talker, "message");
      talker.send(text, port, external);
      await answered;
    }
    udpClient().send("late", port, external);
    await counts({ openConnections: 1, totalConnections: 1, refusedConnections: 1 });
  });

  test("counts a client again that goes on with a new target", async () => {
    await gateway.open(udp(await udpEcho()));
    const socket = udpClient();
    for (let i = 1; i <= 2; i++) {
      const answered = once(socket, "message");
      socket.send("x", port, external);
      await answered;
      expect(gateway.statistics("web")).toMatchObject({ openConnections: 1, totalConnections: i });
      await gateway.open(udp(await udpEcho()));
    }
    expect(await gateway.close("web")).toMatchObject({ openConnections: 0, totalConnections: 2, bytesIn: 2 });
  });
});
