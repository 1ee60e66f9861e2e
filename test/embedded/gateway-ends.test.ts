import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type ConnectionEnd,
  type EndReason,
  type Gateway,
  type Route,
  relayGateway,
} from "../../lib/embedded/gateway";
import { eventually } from "../support/processes";
import {
  cleaner,
  client,
  ended,
  freePort,
  freshAddress,
  instance,
  read,
  silentInstance,
  talk,
} from "./gateway-sockets";

const clean = cleaner();
const host = "127.0.0.1";
const port = 6000;
let external: string;
let gateway: Gateway;
let ends: ConnectionEnd[];

beforeEach(() => {
  external = freshAddress();
  ends = [];
  gateway = relayGateway({
    ...{ connectTimeoutMs: 200, tcpIdleMs: 400, udpIdleMs: 400, udpFlowsPerRoute: 2 },
    ended: (end) => void ends.push(end),
  });
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

const route = (target: Route["target"], change: Partial<Route> = {}): Route => ({
  ...{ id: "web", protocol: "tcp", externalIp: external, externalPort: port, portCount: 1 },
  ...{ target, allowedCidrs: [], ...change },
});

/** The ends, once there are so many. */
const told = async (count: number) => {
  await eventually(() => ends.length >= count);
  return ends;
};

const echo = () => instance(clean, (socket) => socket.pipe(socket), host);

test("a connection that both sides end: who, where to, how much, how long", async () => {
  const target = await echo();
  await gateway.open(route(target));
  const began = Date.now();
  const socket = client(clean, port, external, "127.0.0.5");
  await talk(socket, "five!");
  const { localPort } = socket;
  socket.end();
  await read(socket);
  const [end] = await told(1);
  expect(end).toMatchObject({
    ...{ id: "web", protocol: "tcp", client: { host: "127.0.0.5", port: localPort }, target },
    ...{ bytesIn: 5, bytesOut: 5, reason: "closed" },
  });
  expect(end!.startedAt).toBeGreaterThanOrEqual(began);
  expect(end!.startedAt + end!.durationMs).toBeLessThanOrEqual(Date.now());
});

test.each<[EndReason, string, (socket: ReturnType<typeof client>, opened: Route) => unknown]>([
  ["client_reset", "the client breaks it off", (socket) => socket.resetAndDestroy()],
  ["instance_reset", "the instance breaks it off", (socket) => socket.write("die")],
  [
    "cut",
    "its source is no longer allowed",
    (_, opened) => gateway.open({ ...opened, allowedCidrs: ["192.0.2.1"] }),
  ],
  ["cut", "the route is closed", () => gateway.close("web")],
])("a connection is over as %s when %s", async (reason, _, end) => {
  const target = await instance(
    clean,
    (socket) =>
      socket.on("data", (data) => (`${data}` === "die" ? socket.resetAndDestroy() : socket.write(data))),
    host,
  );
  const opened = route(target);
  await gateway.open(opened);
  const socket = client(clean, port, external);
  await talk(socket, "hello");
  await end(socket, opened);
  expect((await told(1))[0]).toMatchObject({ reason, bytesOut: 5 });
});

test("a connection that is silent for the idle time is closed on both sides; one that talks is not", async () => {
  const there: Promise<string>[] = [];
  const target = await instance(
    clean,
    (socket) => {
      there.push(ended(socket));
      socket.on("data", (data) => socket.write(data));
    },
    host,
  );
  await gateway.open(route(target));
  const [silent, talker] = [client(clean, port, external), client(clean, port, external)];
  await talk(silent, "last words");
  const over = ended(silent);
  for (let i = 0; i < 12; i++) {
    await sleep(100);
    expect(await talk(talker, `${i}`)).toBe(`${i}`);
  }
  expect(await over).toBe("end");
  expect(await there[0]).toBe("end");
  expect(ends).toMatchObject([{ reason: "idle", bytesIn: 10, bytesOut: 10 }]);
});

test("who is turned away: the source, a closed port, an instance that does not answer", async () => {
  await gateway.open(route({ host, port: await freePort() }, { allowedCidrs: ["127.0.0.8/29"] }));
  await ended(client(clean, port, external, "127.0.0.2"));
  await ended(client(clean, port, external, "127.0.0.9"));
  await gateway.open(route(await silentInstance(clean)));
  await ended(client(clean, port, external, "127.0.0.3"));
  expect((await told(3)).map(({ reason, client, bytesIn }) => [reason, client?.host, bytesIn])).toEqual([
    ["source_not_allowed", "127.0.0.2", 0],
    ["instance_refused", "127.0.0.9", 0],
    ["instance_timed_out", "127.0.0.3", 0],
  ]);
});

describe("a flow", () => {
  const udp = async (): Promise<UdpSocket> => {
    const socket = createSocket("udp4").bind(0, host);
    await once(socket, "listening");
    clean.up(() => once(socket.close(), "close"));
    return socket;
  };
  const ask = async (socket: UdpSocket, text: string) => {
    const answered = once(socket, "message");
    socket.send(text, port, external);
    await answered;
  };
  const answering = async () => {
    const socket = await udp();
    socket.on("message", (message, from) => socket.send(message, from.port, from.address));
    return { host, port: socket.address().port };
  };

  test("is over when it is silent, when it gives way, and when its route moves", async () => {
    await gateway.open(route(await answering(), { protocol: "udp" }));
    const [one, two, three] = [await udp(), await udp(), await udp()];
    for (const socket of [one, two, three]) await ask(socket, "12345");
    const displaced = { reason: "displaced", protocol: "udp", bytesIn: 5, bytesOut: 5 };
    expect(ends).toMatchObject([{ ...displaced, client: { host, port: one.address().port } }]);
    await gateway.open(route(await answering(), { protocol: "udp" }));
    expect((await told(3)).slice(1).map(({ reason }) => reason)).toEqual(["cut", "cut"]);
    await ask(two, "1");
    expect((await told(4))[3]).toMatchObject({ reason: "idle", bytesIn: 1, bytesOut: 1 });
  });

  test("to a closed port is over as refused, and one of another source is turned away", async () => {
    const target = { host, port: await freePort() };
    await gateway.open(route(target, { protocol: "udp" }));
    (await udp()).send("x", port, external);
    expect((await told(1))[0]).toMatchObject({ reason: "instance_refused", bytesIn: 1, bytesOut: 0 });
    await gateway.open(route(target, { protocol: "udp", allowedCidrs: ["192.0.2.1"] }));
    (await udp()).send("x", port, external);
    expect((await told(2))[1]).toMatchObject({ reason: "source_not_allowed", client: { host } });
  });
});

describe("a shutdown that lets connections finish", () => {
  test("takes no newcomer at once, carries what is open, and is over with its last connection", async () => {
    gateway = relayGateway();
    await gateway.open(route(await echo()));
    await gateway.open(route(await echo(), { id: "idle", externalPort: port + 1 }));
    const socket = client(clean, port, external);
    await talk(socket, "before");
    let isOver = false;
    const over = gateway.shutdown(AbortSignal.timeout(10_000)).then((final) => {
      isOver = true;
      return final;
    });
    await sleep(50);
    expect(await ended(client(clean, port, external))).toBe("ECONNREFUSED");
    expect(await talk(socket, "during")).toBe("during");
    expect(isOver).toBe(false);
    socket.end();
    expect((await over).get("web")).toMatchObject({ totalConnections: 1, bytesIn: 12, bytesOut: 12 });
  });

  test("cuts what is still open when the signal aborts", async () => {
    gateway = relayGateway();
    await gateway.open(route(await echo()));
    const socket = client(clean, port, external);
    await talk(socket, "before");
    const cut = ended(socket);
    const began = performance.now();
    await gateway.shutdown(AbortSignal.timeout(300));
    expect(performance.now() - began).toBeGreaterThan(250);
    expect(await cut).toBe("ECONNRESET");
  });
});
