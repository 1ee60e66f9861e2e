import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Something that listens, until it is closed. */
export interface Running {
  close(): Promise<void>;
}

/** Where packets go. */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Starts what a disk of the company's catalogue has on it. */
export async function startBox(disk: string, title: string, ip: string): Promise<Running> {
  const parts =
    disk === "echo"
      ? [listenTcp({ ip, port: 7007 }, (client) => client.pipe(client)), listenUdp({ ip, port: 7007 }, echo)]
      : [
          ...[8080, 8081].map((port) => listenHttp({ ip, port }, `hello from ${title} (${ip}:${port})\n`)),
          listenTcp({ ip, port: 2222 }, (client) => client.end(`SSH-2.0-Company ${title}\r\n`)),
        ];
  return together(await Promise.all(parts));
}

/** Opens a hole: what arrives at `outer` goes to `inner` and back. */
export async function openHole(kind: "TCP" | "UDP", outer: Address, inner: Address): Promise<Running> {
  if (kind === "UDP") return relayUdp(outer, inner);
  return listenTcp(outer, (client, open) => {
    const box = open(connect({ host: inner.ip, port: inner.port }));
    box.on("error", () => client.destroy());
    box.on("close", () => client.destroy());
    client.on("close", () => box.destroy());
    client.pipe(box).pipe(client);
  });
}

type Serve = (client: Socket, open: (socket: Socket) => Socket) => void;

async function listenTcp(at: Address, serve: Serve): Promise<Running> {
  const sockets = new Set<Socket>();
  const open = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ allowHalfOpen: true }, (client) => serve(open(client), open));
  return closing(await bound(server, at), () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listenHttp(at: Address, body: string): Promise<Running> {
  const server = createHttpServer((_request, response) => response.end(body));
  await bound(server, at);
  return closing(server, () => server.closeAllConnections());
}

function bound(server: Server, { ip, port }: Address): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, ip, () => resolve(server));
  });
}

const closing = (server: Server, cut: () => void): Running => ({
  close: () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cut();
    }),
});

type Receive = (message: Buffer, from: RemoteInfo, socket: UdpSocket) => void;

const echo: Receive = (message, from, socket) => socket.send(message, from.port, from.address);

function listenUdp({ ip, port }: Address, receive: Receive): Promise<Running> {
  const socket = createSocket("udp4");
  socket.on("message", (message, from) => receive(message, from, socket));
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, ip, () =>
      resolve({ close: () => new Promise((closed) => socket.close(() => closed())) }),
    );
  });
}

async function relayUdp(outer: Address, inner: Address): Promise<Running> {
  const flows = new Map<string, UdpSocket>();
  const outside = await listenUdp(outer, (message, client, socket) => {
    const key = `${client.address}:${client.port}`;
    let flow = flows.get(key);
    if (!flow) {
      flow = createSocket("udp4");
      flow.on("message", (answer) => socket.send(answer, client.port, client.address));
      flow.on("error", () => flows.delete(key));
      flows.set(key, flow);
    }
    flow.send(message, inner.port, inner.ip);
  });
  return {
    close: async () => {
      for (const flow of flows.values()) flow.close();
      await outside.close();
    },
  };
}

const together = (parts: readonly Running[]): Running => ({
  close: async () => void (await Promise.all(parts.map((part) => part.close()))),
});
