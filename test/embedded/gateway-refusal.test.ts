import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Gateway, type Refusal, type Route, relayGateway } from "../../lib/embedded/gateway";
import { refusalOf } from "../../lib/embedded/gateway/refusal";
import { cleaner, client, ended, freePort, freshAddress, instance, silentInstance } from "./gateway-sockets";

const clean = cleaner();
const host = "127.0.0.1";
const port = 6000;
let external: string;
let gateway: Gateway;
let began: number;

beforeEach(() => {
  external = freshAddress();
  began = Date.now();
  gateway = relayGateway({ connectTimeoutMs: 200, udpFlowsPerRoute: 1 });
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

function route(target: Route["target"], change: Partial<Route> = {}): Route {
  const [id, protocol, externalIp] = ["web", "tcp" as const, external];
  return { id, protocol, externalIp, externalPort: port, portCount: 1, target, allowedCidrs: [], ...change };
}

/** The last refusal, once there is one of this reason. */
async function lastRefusal(reason: Refusal["reason"]): Promise<Refusal> {
  for (let i = 0; i < 200 && gateway.lastRefusal("web")?.reason !== reason; i++) await sleep(10);
  const last = gateway.lastRefusal("web");
  expect(last?.reason).toBe(reason);
  expect(last!.at).toBeGreaterThanOrEqual(began);
  expect(last!.at).toBeLessThanOrEqual(Date.now());
  return last!;
}

test("nobody was turned away where nobody came, and of a route that is not open nothing is known", async () => {
  expect(gateway.lastRefusal("web")).toBeUndefined();
  await gateway.open(route(await instance(clean, (socket) => socket.end("hello"), host)));
  expect(await ended(client(clean, port, external))).toBe("end");
  expect(gateway.lastRefusal("web")).toBeUndefined();
});

test("the last one says who it was, and which hop turned it away; it outlives changes, not the close", async () => {
  const from = (address: string) => ended(client(clean, port, external, address));
  await gateway.open(route({ host, port: await freePort() }, { allowedCidrs: ["127.0.0.8/29"] }));
  await from("127.0.0.2");
  expect((await lastRefusal("source_not_allowed")).source).toBe("127.0.0.2");
  await from("127.0.0.9");
  expect((await lastRefusal("instance_refused")).source).toBe("127.0.0.9");
  await gateway.open(route(await silentInstance(clean), { allowedCidrs: [] }));
  await from("127.0.0.3");
  const last = await lastRefusal("instance_timed_out");
  expect(last.source).toBe("127.0.0.3");
  await gateway.open(route({ host, port: 9 }, { externalPort: port + 1 }));
  expect(gateway.lastRefusal("web")).toEqual(last);
  await gateway.close("web");
  expect(gateway.lastRefusal("web")).toBeUndefined();
});

test("a route has as many TCP connections as it may, and room again when one ends", async () => {
  await gateway.shutdown();
  gateway = relayGateway({ tcpConnectionsPerRoute: 2 });
  await gateway.open(route(await instance(clean, (socket) => socket.write("hello"), host)));
  const greeted = async (address = host): Promise<Socket> => {
    const socket = client(clean, port, external, address);
    await once(socket, "data");
    return socket;
  };
  const [first] = [await greeted(), await greeted()];
  expect(await ended(client(clean, port, external, "127.0.0.3"))).toBe("ECONNRESET");
  expect((await lastRefusal("too_many_connections")).source).toBe("127.0.0.3");
  // Of those that were never let in none counts as one of the total.
  expect(gateway.statistics("web")).toMatchObject({ totalConnections: 2, refusedConnections: 1 });
  first!.resetAndDestroy();
  for (let i = 0; i < 200 && gateway.statistics("web")!.openConnections > 1; i++) await sleep(10);
  await greeted();
});

test("of UDP: sources, a closed port of the instance, and a table full of conversations", async () => {
  const udp = async (address = host) => {
    const socket = createSocket("udp4").bind(0, address);
    await once(socket, "listening");
    clean.up(() => once(socket.close(), "close"));
    return socket;
  };
  const echo = await udp();
  echo.on("message", (message, from) => echo.send(message, from.port, from.address));
  const target = { host, port: echo.address().port };
  const closed = { host, port: await freePort() };
  const only = (allowedCidrs: string[]) => ({ protocol: "udp" as const, allowedCidrs });

  await gateway.open(route(closed, only(["127.0.0.8/29"])));
  (await udp("127.0.0.2")).send("x", port, external);
  expect((await lastRefusal("source_not_allowed")).source).toBe("127.0.0.2");
  (await udp("127.0.0.9")).send("x", port, external);
  expect((await lastRefusal("instance_refused")).source).toBe("127.0.0.9");
  await gateway.open(route(target, only([])));
  const talker = await udp();
  for (const text of ["1", "2"]) {
    const answered = once(talker, "message");
    talker.send(text, port, external);
    await answered;
  }
  (await udp("127.0.0.3")).send("late", port, external);
  expect((await lastRefusal("flow_table_full")).source).toBe("127.0.0.3");
});

test.each([
  ["ECONNREFUSED", "instance_refused"],
  ["ETIMEDOUT", "instance_timed_out"],
  ["EHOSTUNREACH", "instance_unreachable"],
  ["ENETUNREACH", "instance_unreachable"],
  ["EMFILE", "gateway_exhausted"],
])("the system's %s is told as %s", (code, reason) => {
  expect(refusalOf(Object.assign(new Error(code), { code }))).toBe(reason);
});
