import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type Gateway, type RelayOptions, type Route, relayGateway } from "../../lib/embedded/gateway";
import { batchSockets } from "../../lib/embedded/udp/batch-sockets";
import { nodeSockets } from "../../lib/embedded/udp/node-sockets";
import type { UdpSockets } from "../../lib/embedded/udp/socket";
import { loadSystemCalls } from "../../lib/embedded/udp/system-calls";
import { cleaner, freeRoute } from "./gateway-sockets";

/** The address of all traffic of these tests. */
export const host = "127.0.0.1";

/** All kinds of sockets, which nobody can tell from each other but by their speed. */
export const kinds: readonly [string, UdpSockets][] = [
  ["of Node.js", nodeSockets],
  ["of the system's calls", batchSockets(loadSystemCalls()!)],
];

/** Ends what these functions have made. */
export const clean = cleaner();

/** A gateway with one UDP route by sockets of a kind. */
export async function route(
  udpSockets: UdpSockets,
  target: { host: string; port: number },
  options: RelayOptions = {},
  change: Partial<Route> = {},
): Promise<{ gateway: Gateway; opened: Route; externalPort: number }> {
  const gateway = relayGateway({ udpSockets, ...options });
  clean.up(() => gateway.shutdown());
  const opened = await freeRoute({ id: "dns", protocol: "udp", target, ...change });
  await gateway.open(opened);
  return { gateway, opened, externalPort: opened.externalPort };
}

/** A UDP socket that ends with the test. */
export async function bound(address = host, port = 0): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 4 << 20 });
  socket.bind(port, address);
  await once(socket, "listening");
  clean.up(() => once(socket.close(), "close"));
  return socket;
}

/** Answers each datagram with a name, the datagram, and the port that it came from. */
export async function echo(name = "echo", port = 0): Promise<{ host: string; port: number }> {
  const socket = await bound(host, port);
  socket.on("message", (message, from) =>
    socket.send(`${name} ${message} ${from.port}`, from.port, from.address),
  );
  return { host, port: socket.address().port };
}

/** Sends a datagram and gives the answer, or undefined when none comes in time. */
export async function ask(
  socket: Socket,
  message: string,
  port: number,
  ms = 5_000,
): Promise<string[] | undefined> {
  const answer = once(socket, "message", { signal: AbortSignal.timeout(ms) });
  socket.send(message, port, host);
  return answer.then(
    ([data, from]) => {
      expect(from).toMatchObject({ address: host, port });
      return String(data).split(" ");
    },
    () => undefined,
  );
}

/** Sends bursts of many clients at a time; every datagram differs from all others. */
export async function carryBursts(udpSockets: UdpSockets): Promise<void> {
  const instance = await bound();
  instance.on("message", (message, from) => instance.send(message, from.port, from.address));
  const { externalPort } = await route(udpSockets, { host, port: instance.address().port });
  const clients = await Promise.all(Array.from({ length: 8 }, () => bound()));
  // Not more at a time than waits at a socket until it is read.
  const bursts = [...Array.from({ length: 20 }, () => [0, 1, 2, 511, 1_472, 3, 1_472]), [9_000], [65_507]];
  let made = 0;
  for (const sizes of bursts) {
    const senders = sizes.length > 1 ? clients : clients.slice(0, 1);
    const outcomes = senders.map(async (socket) => {
      const sent = sizes.map((size) => Buffer.alloc(size, `${made++} `));
      const got: Buffer[] = [];
      const all = new Promise<void>((resolve) => {
        socket.on("message", (message) => got.push(message) === sent.length && resolve());
      });
      for (const message of sent) socket.send(message, externalPort, host);
      await all;
      socket.removeAllListeners("message");
      return [sent, got];
    });
    for (const [sent, got] of await Promise.all(outcomes)) expect(got).toEqual(sent);
  }
}
