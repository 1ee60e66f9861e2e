import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { type ServeOptions, servePlatform } from "../../lib/http/server";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { textLogger } from "../support/log";
import { eventually } from "../support/processes";
import { servedPlatform } from "../support/served";

// What a connection may take of the server, with real sockets that send what no client would.

afterEach(cleanUp);

const limits = { headMs: 1_000, requestMs: 2_000 };

async function served(serving: Partial<ServeOptions> = { limits }) {
  const lines: string[] = [];
  const log = textLogger((line) => lines.push(line));
  const { endpoint, token, ask } = await servedPlatform({}, { log, ...serving });
  const port = Number(new URL(endpoint).port);
  /** A connection that sends some text, and collects what comes until the end. */
  const raw = (text: string) => {
    const began = performance.now();
    let received = "";
    const socket: Socket = connect(port, "127.0.0.1", () => socket.write(text));
    onCleanUp(() => void socket.destroy());
    const end = new Promise<{ received: string; ms: number }>((resolve) => {
      socket.on("data", (data) => {
        received += data;
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve({ received, ms: performance.now() - began }));
    });
    return { socket, end, received: () => received };
  };
  return { raw, token, ask, lines, endpoint };
}

/** Status and problem document of an answer that came over a socket. */
function problemOf(received: string): { status: number; body: Record<string, unknown> } {
  const [head, body] = received.split("\r\n\r\n");
  expect(head).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/);
  expect(head).toMatch(/\r\nconnection: close$/i);
  return { status: Number(head!.split(" ")[1]), body: JSON.parse(body!) };
}

test("half a head is answered with 408 in time, and the connection closed", async () => {
  const { raw } = await served();
  const { received, ms } = await raw("POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthoriz").end;
  expect(problemOf(received)).toMatchObject({
    status: 408,
    body: {
      ...{ code: "malformed_request", status: 408, requestId: expect.any(String) },
      detail: "The request did not arrive in time: its head within 1 s, all of it within 2 s.",
    },
  });
  expect(ms).toBeGreaterThan(900);
  expect(ms).toBeLessThan(5_000);
});

test("who sends a byte now and then gains nothing", async () => {
  const { raw } = await served();
  const { socket, end } = raw("GET /health HTTP/1.1\r\nhost: x\r\n");
  const drip = setInterval(() => socket.write("a"), 100);
  const { received, ms } = await end;
  clearInterval(drip);
  expect(problemOf(received).status).toBe(408);
  expect(ms).toBeLessThan(5_000);
});

test("half a body is answered with 408 in time, and is no fault of the platform", async () => {
  const { raw, token, lines, ask } = await served();
  const head = `POST /v1/projects HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\ncontent-length: 100\r\n\r\n`;
  const { received, ms } = await raw(`${head}{"name":"ha`).end;
  expect(problemOf(received)).toMatchObject({ status: 408, body: { code: "malformed_request" } });
  expect(ms).toBeGreaterThan(1_900);
  expect(ms).toBeLessThan(6_000);
  // Who goes away in the middle of it is no fault, either.
  const gone = raw(`${head}{"name":"ha`);
  await pause(200);
  gone.socket.destroy();
  await eventually(() => lines.filter((line) => line.startsWith("POST /v1/projects 400")).length === 2);
  expect(lines.join("\n")).not.toMatch(/failed| 500 /);
  expect(((await (await ask("/v1/projects")).json()) as { items: unknown[] }).items).toEqual([]);
});

test("an answer that takes longer than a request may is not cut", async () => {
  const { platform, stop } = await startTestPlatform();
  onCleanUp(stop);
  const slow = {
    ...platform,
    projects: {
      ...platform.projects,
      create: async (...call: Parameters<typeof platform.projects.create>) => {
        await pause(4_000);
        return platform.projects.create(...call);
      },
    },
  };
  const { endpoint, close } = await servePlatform(slow, {
    ...{ host: "127.0.0.1", port: 0, token: "t", version: "0", limits },
  });
  onCleanUp(close);
  const headers = { authorization: "Bearer t" };
  const made = await fetch(`${endpoint}/v1/projects`, { method: "POST", headers, body: `{"name":"late"}` });
  expect(made.status).toBe(201);
});

test("who asks and does not take the answers in time is cut off, also when it goes on sending", async () => {
  const { raw, endpoint } = await served({ limits: { answerMs: 3_000 } });
  const asked = 200;
  // More than any buffer of the kernel holds.
  const { byteLength } = await (await fetch(`${endpoint}/openapi.json`)).arrayBuffer();
  expect(asked * byteLength).toBeGreaterThan(16 * 1024 * 1024);
  const answersIn = (text: string) => text.split('"openapi"').length - 1;
  const ask = () => {
    const asking = raw("GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(asked));
    asking.socket.pause();
    return asking;
  };
  const [idle, late] = [ask(), ask()];
  // An empty line before a request begins none.
  const drip = setInterval(() => idle.socket.write("\r\n"), 100);
  onCleanUp(() => clearInterval(drip));
  await pause(1_000);
  late.socket.resume();
  await eventually(() => answersIn(late.received()) === asked);
  await pause(5_000);
  clearInterval(drip);
  idle.socket.resume();
  expect(answersIn((await idle.end).received)).toBeLessThan(asked);
  expect(late.socket.destroyed).toBe(false);
});

test("a head that is too large is answered with 431, what is no HTTP with 400, each with a problem document", async () => {
  const { raw } = await served();
  const large = await raw(`GET /health HTTP/1.1\r\nhost: x\r\nx-large: ${"y".repeat(20_000)}\r\n\r\n`).end;
  expect(problemOf(large.received)).toMatchObject({
    status: 431,
    body: { code: "malformed_request", detail: "The head of the request is larger than 16384 bytes." },
  });
  const noise = await raw("hello, Bearer s3cret-token\r\n\r\n").end;
  expect(problemOf(noise.received)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  expect(noise.received).not.toContain("s3cret");
});

test("more connections than there may be are closed, told once, and served again when others have gone", async () => {
  const { raw, lines, endpoint } = await served({ limits: { connections: 3 } });
  const held = [raw(""), raw(""), raw("")];
  await Promise.all(held.map(({ socket }) => new Promise((resolve) => socket.once("connect", resolve))));
  await pause(100);
  for (const _ of [1, 2])
    expect((await raw("GET /health HTTP/1.1\r\nhost: x\r\n\r\n").end).received).toBe("");
  expect(lines.filter((line) => line.includes("3 connections are open"))).toHaveLength(1);
  for (const { socket } of held) socket.destroy();
  await eventually(async () => (await fetch(`${endpoint}/health`).catch(() => undefined))?.status === 200);
});
