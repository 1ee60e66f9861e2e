/**
 * A program: an HTTP proxy that harms a part of what passes. `fault-proxy.ts <endpoint> <seed> <rate>` prints where it
 * listens; at the end of its input it prints how often it has done what, and ends.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { randomFrom } from "./random";

/** An answer as the server gave it. */
interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

type Harm = (exchange: {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Has the server do what was asked. */
  done(): Promise<Answer>;
}) => Promise<void> | void;

/** The ways in which a network, a proxy or a busy server can fail somebody. */
const harms: Readonly<Record<string, Harm>> = {
  busyBefore: ({ response }) => void response.writeHead(503).end("busy"),
  limitedBefore: ({ response }) => void response.writeHead(429, { "retry-after": "1" }).end("slow down"),
  resetBefore: ({ socket }) => void socket.resetAndDestroy(),
  badGatewayAfter: async ({ response, done }) => {
    await done();
    response.writeHead(502).end("bad gateway");
  },
  timeoutAfter: async ({ response, done }) => {
    await done();
    response.writeHead(504).end("timed out");
  },
  resetAfter: async ({ socket, done }) => {
    await done();
    socket.resetAndDestroy();
  },
  cutInTheMiddle: async ({ response, socket, done }) => {
    const { status, headers, body } = await done();
    if (body.length === 0) return void socket.resetAndDestroy();
    response.writeHead(status, { ...headers, "content-length": body.length });
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => socket.destroy());
  },
  delay: async ({ response, done }) => {
    const answer = await done();
    await pause(200);
    send(response, answer);
  },
};

/** As often in a row is one request harmed; clients try four times. */
const mostInARow = 2;

const [endpoint = "", seed = "1", rate = "0.25"] = process.argv.slice(2);
const random = randomFrom(Number(seed));
const inARow = new Map<string, number>();
const counts = Object.fromEntries([...Object.keys(harms), "none"].map((name) => [name, 0]));

const server = createServer((asked, response) => {
  // A client that has given up is no failure of the proxy.
  pass(asked, response).catch(() => asked.socket.destroy());
});

async function pass(asked: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(asked);
  const name = chooseHarm(`${asked.method} ${asked.url} ${asked.headers["idempotency-key"]}`);
  counts[name ?? "none"]!++;
  const done = () => forward(asked, body);
  if (name === undefined) send(response, await done());
  else await harms[name]!({ response, socket: asked.socket, done });
}

server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().on("end", () => {
  process.stdout.write(`${JSON.stringify(counts)}\n`, () => process.exit(0));
});

function chooseHarm(request: string): string | undefined {
  const before = inARow.get(request) ?? 0;
  const names = Object.keys(harms);
  const name =
    before < mostInARow && random() < Number(rate) ? names[Math.floor(random() * names.length)] : undefined;
  // Late is no harm that a client tries again for.
  inARow.set(request, name === undefined || name === "delay" ? 0 : before + 1);
  return name;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(url!, endpoint), { method, headers, agent: false }, async (answer) => {
      try {
        resolve({ status: answer.statusCode!, headers: answer.headers, body: await bodyOf(answer) });
      } catch (error) {
        reject(error);
      }
    });
    sent.on("error", reject).end(body);
  });
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}
