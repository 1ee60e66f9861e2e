/**
 * The processes of the gateway's benchmark, one role each: the instance that takes the load, the client that makes
 * it and measures, and the relays that run in Node. Started by `fork` with the role in the environment.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { RelayOptions } from "../../../lib/embedded/gateway";
import type { UdpSocket } from "../../../lib/embedded/udp";
import { freeUdpPort } from "../../embedded/gateway-sockets";
import { host, type Load, loads, type Ports } from "./load";

// Compiled, as it runs in a platform: the test loader adds a call to every closure.
const { relayGateway } =
  require("../../../dist/embedded/gateway") as typeof import("../../../lib/embedded/gateway");
const { fastestSockets } =
  require("../../../dist/embedded/udp") as typeof import("../../../lib/embedded/udp");

const roundMs = 1_000;
const warmUpMs = 200;
const connectionsAtOnce = 32;
const udpClients = 32;
const udpWindow = 8;

async function listening(server: Server): Promise<number> {
  server.listen(0, host, 4096);
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

async function instanceRole(): Promise<void> {
  const chunk = Buffer.alloc(1 << 20, 1);
  const source = createServer({ noDelay: true }, (socket) => {
    const pump = () => {
      while (socket.writable && socket.write(chunk));
    };
    socket.on("drain", pump).on("error", () => {});
    pump();
  });
  const sink = createServer((socket) => socket.on("data", () => {}).on("error", () => {}));
  const hello = createServer({ noDelay: true }, (socket) =>
    socket.on("data", (data) => socket.end(data)).on("error", () => {}),
  );
  const packets = await freeUdpPort();
  const echo: UdpSocket = await fastestSockets().bind(
    { ip: host, port: packets },
    {
      message: (message, port, address) => echo.send(message, port, address),
      error: () => {},
      failed: () => {},
    },
  );
  const ports: Ports = {
    download: await listening(source),
    upload: await listening(sink),
    connections: await listening(hello),
    packets,
  };
  process.send?.(ports);
}

async function rateOf(count: () => number): Promise<number> {
  await sleep(warmUpMs);
  const [before, start] = [count(), performance.now()];
  await sleep(roundMs);
  return ((count() - before) * 1000) / (performance.now() - start);
}

async function download(port: number): Promise<number> {
  let bytes = 0;
  const callback = (count: number) => {
    bytes += count;
    return true;
  };
  const socket = connect({ host, port, onread: { buffer: Buffer.alloc(1 << 20), callback } });
  socket.on("error", () => {});
  await once(socket, "connect");
  const rate = await rateOf(() => bytes);
  socket.resetAndDestroy();
  return rate;
}

async function upload(port: number): Promise<number> {
  const chunk = Buffer.alloc(1 << 20, 1);
  const socket = connect({ host, port, noDelay: true });
  const pump = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on("drain", pump).on("error", () => {});
  await once(socket, "connect");
  pump();
  const rate = await rateOf(() => socket.bytesWritten - socket.writableLength);
  socket.resetAndDestroy();
  return rate;
}

/** Each connection: connect, one byte there, one byte back, both sides close. */
async function connections(port: number): Promise<number> {
  let done = 0;
  let failed = 0;
  let running = true;
  const next = () => {
    if (!running) return;
    const socket = connect({ host, port, noDelay: true });
    let answered = false;
    socket.on("data", () => {
      answered = true;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      if (answered) done++;
      else failed++;
      next();
    });
    socket.write("x");
  };
  for (let i = 0; i < connectionsAtOnce; i++) next();
  const rate = await rateOf(() => done);
  running = false;
  if (failed > done / 100) throw new Error(`${failed} of ${done + failed} connections failed`);
  return rate;
}

/** By the fastest sockets, as the instance's: those of Node.js take more of the machine than any relay that is measured. */
async function packets(port: number): Promise<number> {
  let received = 0;
  const payload = Buffer.alloc(64, 1);
  const sockets = Array.from({ length: udpClients }, () => {
    let inFlight = 0;
    let own = 0;
    let last = 0;
    const fill = () => {
      for (; inFlight < udpWindow; inFlight++) socket.send(payload);
    };
    const message = () => {
      received++;
      own++;
      inFlight--;
      fill();
    };
    const socket: UdpSocket = fastestSockets().connect(
      { host, port },
      { message, error: () => {}, failed: () => {} },
    );
    // A lost packet would shrink the window for good.
    const refill = setInterval(() => {
      if (last === own) inFlight = 0;
      last = own;
      fill();
    }, 50);
    fill();
    return { socket, refill };
  });
  const rate = await rateOf(() => received);
  for (const { socket, refill } of sockets) {
    clearInterval(refill);
    await socket.close();
  }
  return rate;
}

function clientRole(): void {
  const measure = { download, upload, connections, packets };
  process.on("message", ({ load, port }: { load: Load; port: number }) => {
    measure[load](port).then(
      (rate) => process.send?.({ rate }),
      (error: Error) => process.send?.({ error: error.message }),
    );
  });
}

function pipeRole(): void {
  process.on("message", async (instance: Ports) => {
    const relay = (port: number) =>
      listening(
        createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
          const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
          client.pipe(upstream).pipe(client);
          client.on("error", () => upstream.destroy());
          upstream.on("error", () => client.destroy());
        }),
      );
    process.send?.({
      download: await relay(instance.download),
      upload: await relay(instance.upload),
      connections: await relay(instance.connections),
      packets: 0,
    });
  });
}

/** Nothing but sockets and a map: no sources, no counts, no limits. */
function datagramsRole(): void {
  process.on("message", async (instance: Ports) => {
    const lookup = (
      address: string,
      _options: unknown,
      done: (error: null, ip: string, family: number) => void,
    ) => done(null, address, 4);
    const listener = createSocket({ type: "udp4", recvBufferSize: 1 << 20, lookup });
    const flows = new Map<number, Socket>();
    listener.on("message", (message, { port, address }) => {
      const known = flows.get(port);
      if (known) return known.send(message);
      const upstream = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
      upstream.on("message", (answer) => listener.send(answer, port, address)).on("error", () => {});
      upstream.connect(instance.packets, host, () => flows.set(port, upstream));
    });
    // With a lookup that answers at once it is bound when `bind` returns.
    const bound = once(listener, "listening");
    listener.bind(0, host);
    await bound;
    const ports: Ports = { download: 0, upload: 0, connections: 0, packets: listener.address().port };
    process.send?.(ports);
  });
}

/** @param options with those sockets for UDP, or with the fastest there are */
function gatewayRole(options: RelayOptions): void {
  const gateway = relayGateway(options);
  const relay = (id: string, load: Load, externalPort: number, port: number) =>
    gateway.open({
      id,
      protocol: load === "packets" ? "udp" : "tcp",
      externalIp: host,
      externalPort,
      portCount: 1,
      target: { host, port },
      allowedCidrs: [],
    });
  process.on("message", async (ask: { instance?: Ports; ports?: Ports; many?: number }) => {
    if (ask.instance && ask.ports)
      for (const load of loads) await relay(load, load, ask.ports[load], ask.instance[load]);
    const empty = process.memoryUsage.rss();
    for (let i = 0; i < (ask.many ?? 0); i++)
      await gateway.open({
        id: `many-${i}`,
        protocol: "tcp",
        externalIp: `127.77.${i >> 13}.1`,
        externalPort: 20_000 + (i & 8191),
        portCount: 1,
        target: { host, port: 9 },
        allowedCidrs: [],
      });
    const open = process.memoryUsage.rss();
    const began = performance.now();
    if (ask.many !== undefined)
      await gateway.open({
        id: "range",
        protocol: "tcp",
        externalIp: "127.77.200.1",
        externalPort: 20_000,
        portCount: 1_000,
        target: { host, port: 20_000 },
        allowedCidrs: [],
      });
    process.send?.({ empty, open, rangeMs: performance.now() - began });
  });
}

const roles: Record<string, () => unknown> = {
  instance: instanceRole,
  client: clientRole,
  pipe: pipeRole,
  datagrams: datagramsRole,
  gateway: () => gatewayRole({ udpSockets: fastestSockets() }),
  "gateway by Node": () => gatewayRole({}),
};
// Ends with the benchmark, however that ends.
process.on("disconnect", () => process.exit());
roles[process.env.GATEWAY_BENCH_ROLE ?? ""]?.();
