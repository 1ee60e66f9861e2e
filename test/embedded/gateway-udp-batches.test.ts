import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { batchSockets } from "../../lib/embedded/udp/batch-sockets";
import { socketsOf } from "../../lib/embedded/udp/fastest-sockets";
import { nodeSockets } from "../../lib/embedded/udp/node-sockets";
import type { UdpSockets } from "../../lib/embedded/udp/socket";
import { header } from "../../lib/embedded/udp/structures";
import { loadSystemCalls, type SystemCalls } from "../../lib/embedded/udp/system-calls";
import { bound, carryBursts, clean, echo, host, route } from "./udp-route";

// UDP by the system's own calls, and where the system does not do all that it is asked.

const calls = loadSystemCalls()!;
/** The calls themselves, some of which are done otherwise. */
const but = (others: Partial<SystemCalls>): UdpSockets => batchSockets({ ...calls, ...others });
/** What was most at a time, and how many messages carried all that was sent. */
const batches = { taken: 0, sent: 0, messages: 0 };
const counted: Partial<SystemCalls> = {
  recvmmsg: (...given) => {
    const count = calls.recvmmsg(...given);
    batches.taken = Math.max(batches.taken, count);
    return count;
  },
  sendmmsg: (...given) => {
    const count = calls.sendmmsg(...given);
    batches.sent = Math.max(batches.sent, count);
    batches.messages += Math.max(count, 0);
    return count;
  },
};
const external = new Set<number>();
/** A system that has no room for what goes to clients, as a slow network has. */
const crowded: Partial<SystemCalls> = {
  bind: (fd, ...given) => {
    external.add(fd);
    return calls.bind(fd, ...given);
  },
  sendmmsg: (fd, ...given) => (external.has(fd) ? -1 : calls.sendmmsg(fd, ...given)),
  errno: () => constants.errno.EAGAIN,
};
const memories: { readonly from: number; readonly view: DataView }[] = [];
const joined = { refused: 0, isRefused: false };
/** Whether a message carries several datagrams, as `sendmmsg` is told of it. */
function isJoined(headerAt: number): boolean {
  const { from, view } = memories.find(
    (own) => headerAt >= own.from && headerAt < own.from + own.view.byteLength,
  )!;
  return view.getUint32(headerAt - from + header.controlBytes, true) > 0;
}
/** A network that takes no datagrams as one message. */
const apart: Partial<SystemCalls> = {
  allocate(bytes) {
    const memory = calls.allocate(bytes);
    memories.push({ from: memory.address, view: new DataView(memory.buffer) });
    return memory;
  },
  recvmmsg(...given) {
    joined.isRefused = false;
    return calls.recvmmsg(...given);
  },
  sendmmsg(fd, headers, count, flags) {
    const first = Array.from({ length: count }, (_, i) => isJoined(headers + i * header.bytes)).indexOf(true);
    joined.isRefused = first === 0;
    if (joined.isRefused) joined.refused++;
    return joined.isRefused ? -1 : calls.sendmmsg(fd, headers, first === -1 ? count : first, flags);
  },
  errno: () => (joined.isRefused ? constants.errno.EIO : calls.errno()),
};
const hindered: readonly [string, UdpSockets][] = [
  [
    "one datagram at a time",
    but({ sendmmsg: (fd, headers, _, flags) => calls.sendmmsg(fd, headers, 1, flags) }),
  ],
  ["none that goes to clients", but(crowded)],
  ["no option that makes them one", but({ setsockopt: () => -1 })],
  ["no set of descriptors", but({ epoll_ctl: () => -1 })],
];

afterEach(() => clean.now());

test("datagrams of one size to one place are one message, as many as the system takes", async () => {
  const { externalPort } = await route(but(counted), await echo());
  const socket = await bound();
  Object.assign(batches, { messages: 0 });
  const answers: string[] = [];
  socket.on("message", (message) => answers.push(String(message).split(" ")[1] ?? ""));
  const sent = Array.from({ length: 200 }, (_, i) => `datagram-${100 + i}`);
  for (const message of [...sent, "end"]) socket.send(message, externalPort, host);
  while (answers.length < sent.length + 1) await sleep(10);
  expect(answers).toEqual([...sent, "end"]);
  expect(batches.messages).toBeLessThan(sent.length);
});

test.each(hindered)("bursts are carried where the system takes %s", async (_, sockets) => {
  await carryBursts(sockets);
});

test("bursts are carried where the network takes no datagrams as one message", async () => {
  joined.refused = 0;
  await carryBursts(but(apart));
  expect(joined.refused).toBeGreaterThan(0);
});

test("what has come with a client that another one takes the place of still goes out", async () => {
  const instance = await bound();
  const { externalPort } = await route(
    but({}),
    { host, port: instance.address().port },
    { udpFlowsPerRoute: 1 },
  );
  const clients = await Promise.all(Array.from({ length: 5 }, () => bound()));
  const got: string[] = [];
  instance.on("message", (message) => got.push(String(message)));
  for (const [i, client] of clients.entries()) client.send(`${i}`, externalPort, host);
  while (got.length < clients.length) await sleep(10);
  expect(got.sort()).toEqual(["0", "1", "2", "3", "4"]);
});

test("where the system refuses such calls, that is said before anything is carried", () => {
  const refused = () => -1;
  const errno = () => constants.errno.EPERM;
  expect(() => socketsOf({ ...calls, recvmmsg: refused, errno })).toThrow("recvmmsg: EPERM");
  let isWaitAsked = false;
  const noWait: Partial<SystemCalls> = {
    epoll_wait() {
      isWaitAsked = true;
      return -1;
    },
    errno: () => (isWaitAsked ? constants.errno.EPERM : calls.errno()),
  };
  expect(() => socketsOf({ ...calls, ...noWait })).toThrow("epoll_wait: EPERM");
  expect(() => socketsOf({ ...calls, epoll_create1: refused })).toThrow("epoll_create1: ");
  // As musl has it: of no datagram, nobody is asked.
  const likeMusl: SystemCalls["sendmmsg"] = (...given) => (given[2] === 0 ? 0 : calls.sendmmsg(...given));
  expect(socketsOf({ ...calls, sendmmsg: likeMusl })).not.toBe(nodeSockets);
  expect(socketsOf(undefined)).toBe(nodeSockets);
  expect(socketsOf(calls)).not.toBe(nodeSockets);
});

test("many datagrams are taken and sent by one call", async () => {
  Object.assign(batches, { taken: 0, sent: 0 });
  await carryBursts(but(counted));
  expect(batches.taken).toBeGreaterThan(1);
  expect(batches.sent).toBeGreaterThan(1);
});
