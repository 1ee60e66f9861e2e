import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { socketName } from "../../lib/embedded/udp/socket-name";
import { loadSystemCalls } from "../../lib/embedded/udp/system-calls";
import { freeUdpPort } from "./gateway-sockets";
import { ask, bound, carryBursts, clean, echo, host, kinds, route as routeBy } from "./udp-route";

const calls = loadSystemCalls()!;

afterEach(() => clean.now());

describe.each(kinds)("a UDP route with sockets %s", (_, udpSockets) => {
  const route = routeBy.bind(undefined, udpSockets);

  test("carries 100 clients at a time and gives each its own answers", async () => {
    const { externalPort } = await route(await echo());
    const clients = await Promise.all(Array.from({ length: 100 }, () => bound()));
    const answers = await Promise.all(clients.map((socket, i) => ask(socket, `m${i}`, externalPort)));
    expect(answers.map((answer) => answer?.[1])).toEqual(clients.map((_, i) => `m${i}`));
    expect(new Set(answers.map((answer) => answer?.[2])).size).toBe(100);
  });

  test("keeps the datagrams that come before the flow is ready", async () => {
    const { externalPort } = await route(await echo());
    const socket = await bound();
    const answers: string[] = [];
    socket.on("message", (message) => answers.push(String(message).split(" ")[1] ?? ""));
    for (let i = 0; i < 5; i++) socket.send(`${i}`, externalPort, host);
    while (answers.length < 5) await sleep(10);
    expect(answers).toEqual(["0", "1", "2", "3", "4"]);
  });

  test("keeps a flow while datagrams pass, and forgets it when idle", async () => {
    const { externalPort } = await route(await echo(), { udpIdleMs: 1_000 });
    const socket = await bound();
    const first = await ask(socket, "1", externalPort);
    await sleep(600);
    const second = await ask(socket, "2", externalPort);
    await sleep(600);
    const third = await ask(socket, "3", externalPort);
    expect([second?.[2], third?.[2]]).toEqual([first?.[2], first?.[2]]);
    await sleep(1_600);
    expect((await ask(socket, "4", externalPort))?.[2]).not.toBe(first?.[2]);
  });

  test("lets a newcomer take the place of a flow without a conversation when the table is full", async () => {
    const { externalPort } = await route(await echo(), { udpFlowsPerRoute: 2 });
    const talker = await bound();
    const first = await ask(talker, "1", externalPort);
    await ask(talker, "2", externalPort);
    for (let i = 0; i < 20; i++) expect(await ask(await bound(), `${i}`, externalPort)).toBeDefined();
    expect((await ask(talker, "3", externalPort))?.[2]).toBe(first?.[2]);
  });

  test("drops a newcomer when the table is full of conversations", async () => {
    const { externalPort } = await route(await echo(), { udpFlowsPerRoute: 1 });
    const talker = await bound();
    await ask(talker, "1", externalPort);
    await ask(talker, "2", externalPort);
    expect(await ask(await bound(), "3", externalPort, 200)).toBeUndefined();
    expect(await ask(talker, "4", externalPort)).toBeDefined();
  });

  test("lets a newcomer take the place of an address that has most of the conversations", async () => {
    const { gateway, externalPort } = await route(await echo(), { udpFlowsPerRoute: 16 });
    const converse = async (address: string) => {
      const socket = await bound(address);
      const first = await ask(socket, "1", externalPort, 300);
      return first && (await ask(socket, "2", externalPort))?.[2] === first[2] ? socket : undefined;
    };
    const few = await Promise.all([converse("127.0.0.3"), converse("127.0.0.3")]);
    for (let i = 0; i < 14; i++) expect(await converse("127.0.0.2")).toBeDefined();
    // Of the same address nobody gives way, and those of others that have few keep their places.
    expect(await converse("127.0.0.2")).toBeUndefined();
    expect(gateway.lastRefusal("dns")).toMatchObject({ reason: "flow_table_full", source: "127.0.0.2" });
    for (let i = 4; i < 16; i++) expect(await converse(`127.0.0.${i}`)).toBeDefined();
    expect(await converse("127.0.0.100")).toBeUndefined();
    for (const socket of few) expect(await ask(socket!, "3", externalPort)).toBeDefined();
  });

  test("outlives an instance whose port is closed, and reaches it once it is open", async () => {
    const port = await freeUdpPort();
    const { externalPort } = await route({ host, port });
    const socket = await bound();
    expect(await ask(socket, "1", externalPort, 200)).toBeUndefined();
    expect(await ask(socket, "2", externalPort, 200)).toBeUndefined();
    await echo("late", port);
    expect((await ask(socket, "3", externalPort))?.[0]).toBe("late");
  });

  test("outlives a client that is gone when its answer comes", async () => {
    const { externalPort } = await route(await echo());
    const gone = createSocket("udp4");
    gone.send("1", externalPort, host, () => gone.close());
    await sleep(100);
    expect(await ask(await bound(), "2", externalPort)).toBeDefined();
  });

  test("sends every client to a new target from its next datagram on", async () => {
    const { gateway, opened } = await route(await echo("old"));
    const socket = await bound();
    expect((await ask(socket, "1", opened.externalPort))?.[0]).toBe("old");
    await gateway.open({ ...opened, target: await echo("new") });
    expect((await ask(socket, "2", opened.externalPort))?.[0]).toBe("new");
  });

  test("drops what comes from other sources, and ends the flows of sources that are removed", async () => {
    const { gateway, opened } = await route(await echo(), {}, { allowedCidrs: ["127.0.0.2/31"] });
    const [one, two, three] = [await bound("127.0.0.1"), await bound("127.0.0.2"), await bound("127.0.0.3")];
    expect(await ask(one, "1", opened.externalPort, 200)).toBeUndefined();
    expect(await ask(two, "1", opened.externalPort)).toBeDefined();
    const before = await ask(three, "1", opened.externalPort);
    await gateway.open({ ...opened, allowedCidrs: ["127.0.0.3"] });
    expect(await ask(two, "2", opened.externalPort, 200)).toBeUndefined();
    expect((await ask(three, "2", opened.externalPort))?.[2]).toBe(before?.[2]);
  });

  test("carries IPv6", async () => {
    const instance = createSocket("udp6");
    instance.on("message", (message, from) => instance.send(message, from.port, from.address));
    instance.bind(0, "::1");
    await once(instance, "listening");
    clean.up(() => once(instance.close(), "close"));
    const target = { host: "::1", port: instance.address().port };
    const { externalPort } = await route(target, {}, { externalIp: "::1", allowedCidrs: ["::1/128"] });
    const socket = createSocket("udp6");
    clean.up(() => once(socket.close(), "close"));
    socket.send("six", externalPort, "::1");
    expect(String((await once(socket, "message"))[0])).toBe("six");
  });

  test("carries from IPv6 to IPv4, in bursts", async () => {
    const { externalPort } = await route(await echo(), {}, { externalIp: "::1" });
    const socket = createSocket("udp6");
    clean.up(() => once(socket.close(), "close"));
    const answers: string[] = [];
    socket.on("message", (message) => answers.push(String(message).split(" ")[1] ?? ""));
    const sent = Array.from({ length: 100 }, (_, i) => `datagram-${i}`);
    for (const message of sent) socket.send(message, externalPort, "::1");
    while (answers.length < sent.length) await sleep(10);
    expect(new Set(answers)).toEqual(new Set(sent));
  });

  test("carries bursts of datagrams of every size to their own clients, unchanged", async () => {
    await carryBursts(udpSockets);
  });

  test("says that nobody listens at the instance's port, and cannot be bound where somebody else is", async () => {
    const port = await freeUdpPort();
    const { gateway, externalPort } = await route({ host, port });
    const socket = await bound();
    await ask(socket, "1", externalPort, 100);
    expect(gateway.lastRefusal("dns")).toMatchObject({ reason: "instance_refused", source: host });
    const holder = await bound();
    const taken = { id: "other", protocol: "udp", externalIp: host, portCount: 1, allowedCidrs: [] } as const;
    await expect(
      gateway.open({ ...taken, externalPort: holder.address().port, target: { host, port } }),
    ).rejects.toMatchObject({ name: "BindError", code: "EADDRINUSE" });
    await expect(
      gateway.open({ ...taken, externalIp: "192.0.2.1", externalPort, target: { host, port } }),
    ).rejects.toMatchObject({ name: "BindError", code: "EADDRNOTAVAIL" });
  });

  test("shares its port with nobody, however they ask", async () => {
    const { externalPort } = await route(await echo());
    const thief = createSocket({ type: "udp4", reuseAddr: true });
    clean.up(() => once(thief.close(), "close"));
    thief.bind(externalPort, host);
    const [error] = await once(thief, "error");
    expect(error).toMatchObject({ code: "EADDRINUSE" });
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot("outlives a datagram that comes from no port (needs root)", async () => {
    const { gateway, externalPort } = await route(await echo());
    // Source port 0, no checksum.
    const datagram = Buffer.from([0, 0, externalPort >> 8, externalPort & 255, 0, 9, 0, 0, 120]);
    const raw = calls.socket(2, 3, 17);
    const name = socketName(0, host);
    expect(calls.sendto(raw, datagram, datagram.length, 0, name, name.length)).toBe(datagram.length);
    calls.close(raw);
    await sleep(50);
    expect(gateway.statistics("dns")).toMatchObject({ totalConnections: 0 });
    expect(await ask(await bound(), "1", externalPort)).toBeDefined();
  });

  test("turns away whom it has no way for", async () => {
    // Linux gives no socket a way there that has not asked to broadcast.
    const { gateway, externalPort } = await route({ host: "255.255.255.255", port: 53 });
    const socket = await bound();
    expect(await ask(socket, "1", externalPort, 100)).toBeUndefined();
    expect(gateway.lastRefusal("dns")).toMatchObject({ reason: "instance_unreachable" });
    expect(gateway.statistics("dns")).toMatchObject({ openConnections: 0, refusedConnections: 1 });
  });

  test("leaves no descriptor behind", async () => {
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    const { opened } = await route(await echo());
    for (let i = 0; i < 10; i++) await ask(await bound(), `${i}`, opened.externalPort);
    expect(open()).toBeGreaterThan(before + 20);
    await clean.now();
    expect(open()).toBe(before);
  });
});
