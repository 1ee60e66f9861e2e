import type { Socket } from "node:dgram";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { Route } from "../../lib/embedded/gateway";
import type { Flow } from "../../lib/embedded/gateway/flow";
import { ClientTable } from "../../lib/embedded/gateway/flow-table";
import { bound, clean, host, kinds, route as routeBy } from "./udp-route";

afterEach(() => clean.now());

/** An instance that answers each datagram with so many, of so many bytes each. */
async function loud(datagrams: number, bytes: number): Promise<Route["target"]> {
  const socket = await bound();
  socket.on("message", (_, from) => {
    for (let i = 0; i < datagrams; i++) socket.send(Buffer.alloc(bytes), from.port, from.address);
  });
  return { host, port: socket.address().port };
}

/** The bytes that a socket gets from now on. */
function received(socket: Socket): () => number {
  let bytes = 0;
  socket.on("message", (message) => {
    bytes += message.length;
  });
  return () => bytes;
}

describe.each(kinds)("with sockets %s", (_, udpSockets) => {
  const route = routeBy.bind(undefined, udpSockets);

  describe("a client that may be a forged address", () => {
    test("gets no more than 4,096 bytes for few, whatever the instance sends", async () => {
      const { externalPort } = await route(await loud(100, 1_000));
      const socket = await bound();
      const bytes = received(socket);
      socket.send("x", externalPort, host);
      await sleep(300);
      expect(bytes()).toBe(4_000);
    });

    test("gets no more than twenty times what it sent", async () => {
      const { externalPort } = await route(await loud(100, 1_000));
      const socket = await bound();
      const bytes = received(socket);
      socket.send(Buffer.alloc(1_000), externalPort, host);
      await sleep(300);
      expect(bytes()).toBe(20_000);
    });

    test("gets everything once it has written again after an answer", async () => {
      const { externalPort } = await route(await loud(100, 1_000));
      const socket = await bound();
      const bytes = received(socket);
      socket.send("x", externalPort, host);
      await once(socket, "message");
      await sleep(100);
      const before = bytes();
      socket.send("x", externalPort, host);
      await sleep(300);
      expect(bytes() - before).toBe(100_000);
    });
  });

  test("1,000 flows at a time, each with its own answers, and nothing of them is left", async () => {
    const echo = await bound();
    echo.on("message", (message, from) => echo.send(message, from.port, from.address));
    const { gateway, externalPort } = await route({ host, port: echo.address().port });
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => bound()));
    for (const round of ["1", "2"]) {
      const answers = clients.map(async (socket, i) => {
        const answered = once(socket, "message", { signal: AbortSignal.timeout(10_000) });
        // Not all in one turn: the kernel holds only so many datagrams for a socket.
        await sleep(i / 5);
        socket.send(`${round} ${i}`, externalPort, host);
        return String((await answered)[0]);
      });
      expect(await Promise.all(answers)).toEqual(clients.map((_, i) => `${round} ${i}`));
    }
    expect(gateway.statistics("dns")).toMatchObject({ openConnections: 1_000, refusedConnections: 0 });
    expect((await gateway.shutdown()).get("dns")).toMatchObject({
      openConnections: 0,
      totalConnections: 1_000,
    });
  });

  test("two clients of the same port number are two flows", async () => {
    const named = await bound();
    named.on("message", (message, from) => named.send(`${message} ${from.port}`, from.port, from.address));
    const { externalPort } = await route({ host, port: named.address().port });
    const one = await bound("127.0.0.1");
    const two = await bound("127.0.0.2", one.address().port);
    const ask = async (socket: Socket) => {
      const answered = once(socket, "message");
      socket.send("x", externalPort, host);
      return String((await answered)[0]);
    };
    const first = await ask(one);
    expect(await ask(two)).not.toBe(first);
    expect(await ask(one)).toBe(first);
  });
});

test("the table of clients agrees with a map by port and address, whatever is added and removed", () => {
  const flowOf = (remotePort: number, remoteAddress: string) => ({ remotePort, remoteAddress }) as Flow;
  const step = fc.record({
    port: fc.integer({ min: 1, max: 3 }),
    address: fc.constantFrom("a", "b", "c", "d"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const [table, model] = [new ClientTable(), new Map<string, Flow>()];
      for (const { port, address } of steps) {
        const key = `${port} ${address}`;
        const known = model.get(key);
        expect(table.get(port, address)).toBe(known);
        if (known) {
          expect(table.remove(known)).toBe(true);
          expect(table.remove(known)).toBe(false);
          model.delete(key);
        } else {
          const flow = flowOf(port, address);
          table.add(flow);
          model.set(key, flow);
        }
        expect(new Set(table.values())).toEqual(new Set(model.values()));
      }
      for (const flow of table.values()) table.remove(flow);
      expect([...table.values()]).toEqual([]);
    }),
  );
});
