import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { BindError, type Gateway, type Route, relayGateway } from "../../lib/embedded/gateway";
import { cleaner, client, ended, freeRoute, instance } from "./gateway-sockets";

const clean = cleaner();
const host = "127.0.0.1";
const protocols = ["tcp", "udp"] as const;
let gateway: Gateway;

beforeEach(() => {
  gateway = relayGateway();
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

const routeOf = (protocol: "tcp" | "udp", change: Partial<Route> = {}): Promise<Route> =>
  freeRoute({ id: "a", protocol, target: { host, port: 9 }, ...change });

/** Whether nothing is bound to the route's port. */
async function unbound({ protocol, externalPort }: Route): Promise<boolean> {
  const socket = protocol === "tcp" ? createServer() : createSocket("udp4");
  const bound = once(socket, "listening");
  if ("listen" in socket) socket.listen(externalPort, host);
  else socket.bind(externalPort, host);
  return bound.then(
    async () => {
      await once(socket.close(), "close");
      return true;
    },
    () => false,
  );
}

/** Sockets and servers of this process, of both protocols. Node forgets closed ones a turn later. */
async function sockets(): Promise<number> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  return process.getActiveResourcesInfo().filter((name) => /TCP|UDP/.test(name)).length;
}

describe.each(protocols)("a gateway, %s", (protocol) => {
  test("rejects with the cause when the port is in use, and leaves nothing", async () => {
    const holder = await routeOf(protocol, { id: "holder" });
    await gateway.open(holder);
    const before = await sockets();
    const route = { ...holder, id: "late" };
    const error = await gateway.open(route).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(BindError);
    expect(error).toMatchObject({ code: "EADDRINUSE", cause: { code: "EADDRINUSE" } });
    expect((error as Error).message).toContain(`${host}:${holder.externalPort}/${protocol} is in use`);
    expect(await sockets()).toBe(before);
    await gateway.close("holder");
    await gateway.open(route);
  });

  test("rejects an address that is not of this machine", async () => {
    const route = await routeOf(protocol, { externalIp: "192.0.2.1" });
    await expect(gateway.open(route)).rejects.toMatchObject({ code: "EADDRNOTAVAIL" });
  });

  test("frees the port when a route is closed, and ignores an unknown id", async () => {
    const route = await routeOf(protocol);
    await gateway.open(route);
    expect(await unbound(route)).toBe(false);
    await gateway.close("a");
    expect(await unbound(route)).toBe(true);
    await gateway.close("a");
    await gateway.close("unknown");
  });

  test("moves a route to another port, and keeps it where it is when that port is taken", async () => {
    const [old, taken] = [await routeOf(protocol), await routeOf(protocol, { id: "b" })];
    await gateway.open(old);
    await gateway.open(taken);
    await expect(gateway.open({ ...taken, id: "a" })).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(await unbound(old)).toBe(false);
    const moved = await routeOf(protocol);
    await gateway.open(moved);
    expect([await unbound(old), await unbound(moved)]).toEqual([true, false]);
  });

  test("does what is asked of one id in the order it was asked", async () => {
    const route = await routeOf(protocol);
    const calls = Array.from({ length: 50 }, (_, i) =>
      i % 3 === 2 ? gateway.close("a") : gateway.open(route),
    );
    await Promise.all(calls);
    expect(await unbound(route)).toBe(false);
    await Promise.all([gateway.close("a"), gateway.open(route), gateway.close("a")]);
    expect(await unbound(route)).toBe(true);
  });

  test("opens and closes 1,000 routes and leaves no socket", async () => {
    const before = await sockets();
    const routes = await Promise.all(
      Array.from({ length: 1000 }, async (_, i): Promise<Route> => {
        // Each has an address of its own, so that one free port serves all of them.
        const externalIp = `127.9.${i >> 8}.${i & 255}`;
        return { ...(await first), id: `${i}`, externalIp };
      }),
    );
    await Promise.all(routes.map((route) => gateway.open(route)));
    expect(await sockets()).toBe(before + 1000);
    await gateway.shutdown();
    expect(await sockets()).toBe(before);
  });
  const first = routeOf(protocol);

  test("opens nothing after it was shut down", async () => {
    const route = await routeOf(protocol);
    const opening = gateway.open(route);
    await gateway.shutdown();
    await opening.catch(() => {});
    expect(await unbound(route)).toBe(true);
    await expect(gateway.open(route)).rejects.toThrow("shut down");
  });
});

describe("closing a TCP route", () => {
  test("cuts what flows, on both sides, before it resolves", async () => {
    const accepted: Socket[] = [];
    const target = await instance(clean, (socket) => void accepted.push(socket.resume()), host);
    const route = await routeOf("tcp", { target });
    await gateway.open(route);
    const before = await sockets();
    const socket = client(clean, route.externalPort);
    const open = new Promise((resolve) => socket.once("connect", resolve));
    await open;
    while (accepted.length === 0) await new Promise(setImmediate);
    const [there, here] = [ended(accepted[0] as Socket), ended(socket)];
    await gateway.close("a");
    expect(await Promise.all([there, here])).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect(await sockets()).toBe(before - 1);
  });

  test("resolves while a side has ended and its reader is stuck", async () => {
    const target = await instance(clean, (socket) => void socket.end(Buffer.alloc(40 << 20)), host);
    const route = await routeOf("tcp", { target });
    await gateway.open(route);
    const socket = client(clean, route.externalPort).pause();
    await once(socket, "connect");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await gateway.close("a");
    expect(await unbound(route)).toBe(true);
    socket.resume();
    expect(await ended(socket)).toBe("ECONNRESET");
  });

  test("resolves while a connection to the instance is being made", async () => {
    // 192.0.2.1 answers nothing, or is refused at once where there is no route to it; both are cut.
    const route = await routeOf("tcp", { target: { host: "192.0.2.1", port: 9 } });
    await gateway.open(route);
    const socket = client(clean, route.externalPort);
    await once(socket, "connect");
    await gateway.close("a");
    expect(await ended(socket)).toBe("ECONNRESET");
  });
});
