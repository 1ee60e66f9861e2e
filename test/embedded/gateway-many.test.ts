import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Gateway, relayGateway } from "../../lib/embedded/gateway";
import { cleaner, freshAddress } from "./gateway-sockets";

const clean = cleaner();
const host = "127.0.0.1";
const many = 5_000;
let gateway: Gateway;

beforeEach(() => {
  gateway = relayGateway();
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

/** The instance and all clients, in a process of their own: each of both sides takes a file descriptor a connection. */
const others = `
  const { connect, createServer } = require("node:net");
  const { once } = require("node:events");
  const server = createServer((socket) => socket.on("error", () => {}).pipe(socket));
  server.listen({ port: 0, host: "${host}", backlog: 4096 }, () => process.send(server.address().port));
  const answer = async (socket, text) => {
    const answered = once(socket, "data");
    socket.write(text);
    return String((await answered)[0]) === text;
  };
  process.once("message", async ({ host, port }) => {
    const sockets = [];
    // In waves, for a listener's queue has an end; an address each, for one has only so many ports.
    for (let wave = 1; sockets.length < ${many}; wave++) {
      const opened = Array.from({ length: 500 }, () => connect({ host, port, localAddress: "127.0.1." + wave }));
      await Promise.all(opened.map((socket) => once(socket, "connect")));
      sockets.push(...opened);
    }
    let right = 0;
    for (const round of ["a", "b"])
      right += (await Promise.all(sockets.map((socket, i) => answer(socket, round + i)))).filter(Boolean).length;
    const resets = Promise.all(
      sockets.map((socket) => new Promise((done) => socket.once("error", ({ code }) => done(code)))),
    );
    process.send(right);
    process.send((await resets).filter((code) => code === "ECONNRESET").length);
  });
`;

test("5,000 connections are open at a time: each still answers, and their end leaves nothing", async () => {
  const child = spawn(process.execPath, ["-e", others], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  clean.up(async () => {
    const exit = once(child, "exit");
    child.kill();
    await exit;
  });
  const told = async () => (await once(child, "message"))[0] as number;
  const [externalIp, externalPort] = [freshAddress(), 6000];
  const target = { host, port: await told() };
  const fixed = { id: "web", protocol: "tcp", portCount: 1, allowedCidrs: [] } as const;
  await gateway.open({ ...fixed, externalIp, externalPort, target });
  const before = process.memoryUsage().rss;
  child.send({ host: externalIp, port: externalPort });
  expect(await told()).toBe(2 * many);
  expect(gateway.statistics("web")).toMatchObject({ openConnections: many, refusedConnections: 0 });
  // An idle connection owns no buffer; what it has is two sockets, 15 KB of them.
  expect((process.memoryUsage().rss - before) / many).toBeLessThan(40_000);
  const resets = told();
  expect(await gateway.close("web")).toMatchObject({ openConnections: 0, totalConnections: many });
  expect(await resets).toBe(many);
}, 120_000);
