import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Gateway, type Route, relayGateway } from "../../lib/embedded/gateway";
import { acceptWith } from "../../lib/embedded/gateway/accept";
import { Connection } from "../../lib/embedded/gateway/connection";
import { FlowTable } from "../../lib/embedded/gateway/flow-table";
import { Pump } from "../../lib/embedded/gateway/pump";
import { Counters } from "../../lib/embedded/gateway/statistics";
import {
  cleaner,
  client,
  ended,
  freePort,
  freeRoute,
  instance,
  read,
  silentInstance,
} from "./gateway-sockets";

const clean = cleaner();
let gateway: Gateway;

beforeEach(() => {
  gateway = relayGateway({ connectTimeoutMs: 2_000 });
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

const host = "127.0.0.1";

/** An open route to a target, on a free port. */
async function route(target: { host: string; port: number }, change: Partial<Route> = {}): Promise<Route> {
  const opened = await freeRoute({ id: "web", protocol: "tcp", target, ...change });
  await gateway.open(opened);
  return opened;
}

/** A running instance program that is stopped after the test. */
async function program(serve: (socket: Socket) => void, at = host): Promise<{ host: string; port: number }> {
  return instance(clean, serve, at);
}

describe("a TCP route", () => {
  test("carries what the client sends after the instance has ended its side", async () => {
    const received = new Promise<Buffer>((resolve) => {
      program((socket) => {
        socket.end("bye");
        read(socket).then(resolve);
      })
        .then(route)
        .then(async ({ externalPort }) => {
          const socket = client(clean, externalPort);
          expect(String(await read(socket))).toBe("bye");
          await sleep(50);
          socket.end("and thanks");
        });
    });
    expect(String(await received)).toBe("and thanks");
  });

  test("carries what the instance sends after the client has ended its side", async () => {
    const target = await program(async (socket) => {
      const asked = String(await read(socket));
      await sleep(50);
      socket.end(`${asked}, answered`);
    });
    const { externalPort } = await route(target);
    const socket = client(clean, externalPort);
    socket.end("asked");
    expect(String(await read(socket))).toBe("asked, answered");
  });

  test("carries 100 MB each way unchanged", async () => {
    const block = randomBytes(1 << 20);
    const sent = createHash("sha256");
    for (let i = 0; i < 100; i++) sent.update(block);
    const expected = sent.digest("hex");
    const received = hashOf();
    const target = await program((socket) => {
      socket.on("data", (data) => received.update(data)).on("end", () => received.done());
      send(socket, block, 100);
    });
    const { externalPort } = await route(target);
    const socket = client(clean, externalPort);
    const back = hashOf();
    socket.on("data", (data) => back.update(data)).on("end", () => back.done());
    send(socket, block, 100);
    expect(await received.hash).toBe(expected);
    expect(await back.hash).toBe(expected);
  });

  test.each(["client", "instance"] as const)("does not read ahead of a slow %s", async (slow) => {
    const block = Buffer.alloc(1 << 20);
    let fast: Socket | undefined;
    const pushing = (socket: Socket) => {
      fast = socket;
      send(socket, block, 200);
    };
    const stalled = (socket: Socket) => void socket.pause();
    const target = await program(slow === "client" ? pushing : stalled);
    const { externalPort } = await route(target);
    const socket = client(clean, externalPort);
    (slow === "client" ? stalled : pushing)(socket);
    await sleep(500);
    const before = process.memoryUsage().rss;
    await sleep(500);
    const taken = (fast?.bytesWritten ?? 0) - (fast?.writableLength ?? 0);
    // What the kernel's buffers of four sockets hold (at most 6 MB and 4 MB each), far below what was offered.
    expect(taken).toBeLessThan(40 << 20);
    expect(process.memoryUsage().rss - before).toBeLessThan(20 << 20);
  });

  test("carries everything to a reader that stalls and goes on", async () => {
    const target = await program((socket) => send(socket, Buffer.alloc(1 << 20, 7), 40));
    const { externalPort } = await route(target);
    const socket = client(clean, externalPort);
    let bytes = 0;
    socket.on("data", (data) => {
      bytes += data.length;
      socket.pause();
      setTimeout(() => socket.resume(), data.length > 60_000 ? 1 : 0);
    });
    await once(socket, "end");
    expect(bytes).toBe(40 << 20);
  });

  test("resets the client at once when the instance refuses", async () => {
    const { externalPort } = await route({ host, port: await freePort() });
    const start = performance.now();
    expect(await ended(client(clean, externalPort))).toBe("ECONNRESET");
    expect(performance.now() - start).toBeLessThan(1_500);
  });

  test("resets the client when the instance does not accept in time", async () => {
    const { externalPort } = await route(await silentInstance(clean));
    const start = performance.now();
    expect(await ended(client(clean, externalPort))).toBe("ECONNRESET");
    expect(performance.now() - start).toBeGreaterThan(1_800);
  });

  test("passes a reset of the client on to the instance", async () => {
    const closing = new Promise<string>((resolve) => {
      program((socket) => {
        socket.resume();
        ended(socket).then(resolve);
      })
        .then(route)
        .then(async ({ externalPort }) => {
          const socket = client(clean, externalPort);
          socket.write("x");
          await sleep(100);
          socket.resetAndDestroy();
        });
    });
    expect(await closing).toBe("ECONNRESET");
  });

  test("passes the death of an instance in mid-stream on to the client", async () => {
    const target = await program((socket) => {
      socket.write(Buffer.alloc(1 << 20));
      setTimeout(() => socket.resetAndDestroy(), 100);
    });
    const { externalPort } = await route(target);
    const socket = client(clean, externalPort);
    socket.resume();
    expect(await ended(socket)).toBe("ECONNRESET");
  });

  test("resets a client that is too slow for what was left when its instance died", async () => {
    const target = await program((socket) => {
      send(socket, Buffer.alloc(1 << 20), 40);
      setTimeout(() => socket.resetAndDestroy(), 200);
    });
    const { externalPort } = await route(target);
    const socket = client(clean, externalPort);
    socket.pause();
    await sleep(400);
    socket.resume();
    expect(await ended(socket)).toBe("ECONNRESET");
  });

  test("sends new connections to a new target and lets open ones finish on the old", async () => {
    const named = (name: string) =>
      program((socket) => socket.on("data", (data) => socket.write(`${name} ${data}`)));
    const opened = await route(await named("old"));
    const first = client(clean, opened.externalPort);
    first.write("1");
    expect(String(await once(first, "data"))).toBe("old 1");
    await gateway.open({ ...opened, target: await named("new") });
    const second = client(clean, opened.externalPort);
    second.write("2");
    expect(String(await once(second, "data"))).toBe("new 2");
    first.write("3");
    expect(String(await once(first, "data"))).toBe("old 3");
  });

  test("lets 200 connections through at a time", async () => {
    const target = await program((socket) => socket.pipe(socket));
    const { externalPort } = await route(target);
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const socket = client(clean, externalPort);
        socket.end(`client ${i}`);
        return String(await read(socket));
      }),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, i) => `client ${i}`));
  });

  test("carries a large message on many connections at a time, without mixing them", async () => {
    const target = await program((socket) => socket.pipe(socket));
    const { externalPort } = await route(target);
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const message = randomBytes((1 << 20) + i);
        const socket = client(clean, externalPort);
        socket.end(message);
        expect((await read(socket)).equals(message)).toBe(true);
      }),
    );
  });
});

function send(socket: Socket, block: Buffer, times: number): void {
  let left = times;
  const push = () => {
    while (left > 0 && socket.writable) {
      left--;
      if (!socket.write(block)) break;
    }
    if (left === 0) socket.off("drain", push).end();
  };
  socket.on("drain", push);
  push();
}

function hashOf() {
  const hash = createHash("sha256");
  let done = () => {};
  const ready = new Promise<string>((resolve) => {
    done = () => resolve(hash.digest("hex"));
  });
  return { update: (data: Uint8Array) => void hash.update(data), done, hash: ready };
}

test("a Node version that looks different inside is served by its own sockets", async () => {
  const target = await program((socket) => socket.pipe(socket));
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const counters = new Counters();
  const limits = { connectTimeoutMs: 500, tcpIdleMs: 0 };
  const shared = { id: "web", counters, flows: new FlowTable(1), ended: undefined };
  // Before it listens there is nothing inside to find.
  acceptWith(
    server,
    () => new Pump(counters.in),
    (socket, pump) =>
      new Connection(socket, pump, { target, proxyProtocol: false }, limits, shared, () => {}),
  );
  server.listen(0, host);
  await once(server, "listening");
  clean.up(() => once(server.close(), "close"));
  const message = randomBytes(20 << 20);
  const socket = client(clean, (server.address() as { port: number }).port);
  socket.end(message);
  expect((await read(socket)).equals(message)).toBe(true);
});
