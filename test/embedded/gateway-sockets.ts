import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Route } from "../../lib/embedded/gateway";

/** Undoes what a test made, newest first, whether or not it passed. */
export interface Cleaner {
  up(undo: () => unknown): void;
  now(): Promise<void>;
}

export function cleaner(): Cleaner {
  const undone: (() => unknown)[] = [];
  return {
    up: (undo) => void undone.push(undo),
    async now() {
      for (let undo = undone.pop(); undo !== undefined; undo = undone.pop()) await undo();
    },
  };
}

/** A loopback address that no other test uses, with high probability, so that each of its ports is free. */
export function freshAddress(): string {
  const byte = (from: number) => from + Math.floor(Math.random() * (255 - from));
  return `127.${byte(100)}.${byte(1)}.${byte(1)}`;
}

/** A TCP port of 127.0.0.1 that nothing uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await once(server.close(), "close");
  return port;
}

/** A UDP port of 127.0.0.1 that nothing uses. */
export async function freeUdpPort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  await once(socket.close(), "close");
  return port;
}

/** A route to a target, on a port of 127.0.0.1 that nothing uses. */
export async function freeRoute(
  route: Pick<Route, "id" | "protocol" | "target"> & Partial<Route>,
): Promise<Route> {
  const externalPort = await (route.protocol === "tcp" ? freePort() : freeUdpPort());
  return { externalIp: "127.0.0.1", externalPort, portCount: 1, allowedCidrs: [], ...route };
}

/** A TCP server that serves half-open sockets and is cut after the test. */
export async function instance(
  clean: Cleaner,
  serve: (socket: Socket) => void,
  host: string,
): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.once("close", () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, host);
  await once(server, "listening");
  clean.up(async () => {
    for (const socket of sockets) socket.destroy();
    await once(server.close(), "close");
  });
  return { host, port: (server.address() as { port: number }).port };
}

/** A half-open TCP client that is gone after the test. */
export function client(clean: Cleaner, port: number, host = "127.0.0.1", localAddress?: string): Socket {
  const socket = connect({ host, port, localAddress, allowHalfOpen: true });
  socket.on("error", () => {});
  clean.up(() => socket.destroy());
  return socket;
}

/** Sends a text and gives the next answer. */
export async function talk(socket: Socket, text: string): Promise<string> {
  const answer = once(socket, "data");
  socket.write(text);
  return String((await answer)[0]);
}

/** How a connection ended: the code of its error, or "end" when it ended in order. */
export async function ended(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    // Node may report a reset as an end where data was still unread; a write tells them apart.
    socket.once("end", () => socket.write("", (error) => error ?? resolve("end")));
    socket.once("close", () => resolve("closed"));
    socket.on("data", () => {});
  });
}

/** All bytes until the other side ends; unlike an async iterator it leaves this side open. */
export async function read(socket: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  socket.on("data", (part) => parts.push(part));
  await once(socket, "end");
  return Buffer.concat(parts);
}

/** An address that answers as a machine does that is gone: not at all. The queue of its listener is full. */
export async function silentInstance(clean: Cleaner): Promise<{ host: string; port: number }> {
  const blocker = spawn(process.execPath, [
    "-e",
    `const server = require("node:net").createServer().listen({ host: "127.0.0.1", port: 0, backlog: 1 }, () => {
      process.stdout.write(String(server.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });`,
  ]);
  clean.up(async () => {
    const exit = once(blocker, "exit");
    blocker.kill("SIGKILL");
    await exit;
  });
  const port = Number(String((await once(blocker.stdout, "data"))[0]));
  for (let i = 0; i < 4; i++) client(clean, port);
  return { host: "127.0.0.1", port };
}
