import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Gateway, type Route, relayGateway } from "../../lib/embedded/gateway";
import { cleaner, client, freshAddress, talk } from "./gateway-sockets";

const clean = cleaner();
const port = 6000;
let external: string;
let gateway: Gateway;

beforeEach(() => {
  external = freshAddress();
  gateway = relayGateway();
  clean.up(() => gateway.shutdown());
});
afterEach(() => clean.now());

const route = (target: Route["target"], change: Partial<Route> = {}): Route => ({
  id: "web",
  protocol: "tcp",
  externalIp: external,
  externalPort: port,
  portCount: 1,
  target,
  allowedCidrs: [],
  ...change,
});

/** An instance of its own address that answers with its name; `stop` ends it as a machine ends. */
async function named(name: string): Promise<{ target: Route["target"]; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.on("data", (data) => socket.write(`${name} ${data}`));
  });
  const target = { host: freshAddress(), port: 8080 };
  server.listen(target.port, target.host);
  await once(server, "listening");
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await once(server.close(), "close");
  };
  clean.up(stop);
  return { target, stop };
}

/** Connects every 20 ms, asks once and leaves, until it is told to stop; then tells what each attempt got. */
function every20ms(): { stop(): Promise<string[]> } {
  const attempts: Promise<string>[] = [];
  const attempt = async () => {
    const socket = client(clean, port, external);
    const failed = once(socket, "close").then(() => "failed");
    const answer = await Promise.race([talk(socket, "hello"), failed]);
    socket.end();
    return answer;
  };
  const timer = setInterval(() => attempts.push(attempt()), 20);
  clean.up(() => clearInterval(timer));
  return {
    stop: () => {
      clearInterval(timer);
      return Promise.all(attempts);
    },
  };
}

test("a client that connects every 20 ms sees no failed connection while the target changes", async () => {
  let present = await named("i-0");
  await gateway.open(route(present.target));
  const clients = every20ms();
  for (let i = 1; i <= 5; i++) {
    await sleep(100);
    // As with create-before-destroy: the new one runs, the forward follows, then the old one ends.
    const next = await named(`i-${i}`);
    await gateway.open(route(next.target));
    await sleep(100);
    await present.stop();
    present = next;
  }
  const answers = await clients.stop();
  expect(answers.length).toBeGreaterThan(30);
  expect(answers.filter((answer) => !/^i-\d hello$/.test(answer))).toEqual([]);
  expect(new Set(answers).size).toBe(6);
  expect(gateway.statistics("web")).toMatchObject({
    totalConnections: answers.length,
    refusedConnections: 0,
  });
});

test("nor while the route grows, shrinks and gets other sources", async () => {
  const { target } = await named("i-0");
  await gateway.open(route(target));
  const clients = every20ms();
  for (let i = 0; i < 10; i++) {
    await sleep(30);
    const first = port - (i % 3);
    await gateway.open(
      route(
        { ...target, port: target.port - (port - first) },
        { externalPort: first, portCount: 3 + i, allowedCidrs: i % 2 ? ["127.0.0.0/8"] : [] },
      ),
    );
  }
  const answers = await clients.stop();
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter((answer) => answer !== "i-0 hello")).toEqual([]);
});

test("new connections reach the new instance as soon as the change has resolved, open ones stay on the old", async () => {
  const [old, next] = [await named("old"), await named("new")];
  await gateway.open(route(old.target));
  const open = client(clean, port, external);
  expect(await talk(open, "1")).toBe("old 1");
  await gateway.open(route(next.target));
  for (let i = 0; i < 5; i++) expect(await talk(client(clean, port, external), "2")).toBe("new 2");
  expect(await talk(open, "3")).toBe("old 3");
});
