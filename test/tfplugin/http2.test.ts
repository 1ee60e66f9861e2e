import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { serveGrpc } from "../../lib/tfplugin/server/grpc";
import { createSessionServer } from "../../lib/tfplugin/server/session";
import {
  ACK,
  CONTINUATION,
  callBlock,
  callFrames,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  HEADERS,
  literal,
  message,
  PADDED,
  PING,
  PREFACE,
  PRIORITY,
  RawClient,
  RST_STREAM,
  SETTINGS,
  settings,
  uint32,
  WINDOW_UPDATE,
} from "./raw-http2";

// What grpc-go sends is tried in life-cycle.test.ts. This is what other clients may send, and what none should.

const PROTOCOL_ERROR = 1;
const FLOW_CONTROL_ERROR = 3;
const STREAM_CLOSED = 5;
const FRAME_SIZE_ERROR = 6;
const COMPRESSION_ERROR = 9;
const ENHANCE_YOUR_CALM = 11;

const server = createSessionServer(undefined, () => {});
let port = 0;
let client: RawClient;
/** Calls of /test/Wait that go on when the test says so. */
const held: (() => void)[] = [];

beforeAll(async () => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  serveGrpc(server, async (name) => {
    if (name === "/test/Echo") return async (bytes) => bytes;
    if (name === "/test/Wait") return (bytes) => new Promise((resolve) => held.push(() => resolve(bytes)));
    return undefined;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
beforeEach(async () => {
  client = await RawClient.open(port);
});
afterEach(() => client.close());
afterAll(() => new Promise((resolve) => server.close(resolve)));

const hello = Buffer.from("hello");
const answers = async (stream = 1) =>
  expect(await client.answer(stream)).toMatchObject({
    body: hello,
    trailers: expect.stringContaining("grpc-status\u00010"),
  });

describe("a request", () => {
  test("in one piece", async () => {
    client.send(callFrames(1, "/test/Echo", hello));
    await answers();
    const [first] = client.frames.filter(({ stream }) => stream === 1);
    expect(first).toMatchObject({ type: HEADERS, flags: END_HEADERS });
    expect(first!.payload.toString("latin1")).toContain("application/grpc");
  });

  test("byte by byte", async () => {
    await client.close();
    client = await RawClient.open(port, Buffer.alloc(0));
    for (const byte of Buffer.concat([PREFACE, settings(), callFrames(1, "/test/Echo", hello)])) {
      client.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await answers();
  });

  test("with padding, priorities, a header block in pieces, data in pieces, and frames that nobody knows", async () => {
    const block = callBlock("/test/Echo");
    const priority = Buffer.from([0, 0, 0, 0, 16]);
    const padded = (bytes: Uint8Array) => Buffer.concat([Buffer.from([3]), bytes, Buffer.alloc(3)]);
    client.send(
      frame(0xee, 0xff, 77, Buffer.from("what is this")),
      frame(2, 0, 9, priority),
      frame(HEADERS, PADDED | PRIORITY, 1, padded(Buffer.concat([priority, block.subarray(0, 4)]))),
      frame(CONTINUATION, 0, 1, block.subarray(4, 9)),
      frame(CONTINUATION, END_HEADERS, 1, block.subarray(9)),
      frame(DATA, PADDED, 1, padded(message(hello).subarray(0, 3))),
      frame(DATA, 0, 1),
      frame(DATA, PADDED, 1, padded(message(hello).subarray(3))),
      frame(DATA, END_STREAM | PADDED, 1, Buffer.from([0])),
    );
    await answers();
  });

  test("that ends with trailers of its own", async () => {
    client.send(
      frame(HEADERS, END_HEADERS, 1, callBlock("/test/Echo")),
      frame(DATA, 0, 1, message(hello)),
      frame(HEADERS, END_HEADERS | END_STREAM, 1, literal("x-checksum", "1")),
    );
    await answers();
  });

  test("many at once, answered in another order", async () => {
    const streams = Array.from({ length: 50 }, (_, index) => 2 * index + 1);
    client.send(...streams.map((stream) => callFrames(stream, "/test/Wait", Buffer.from(String(stream)))));
    while (held.length < streams.length) await new Promise((resolve) => setImmediate(resolve));
    for (const release of held.splice(0).reverse()) release();
    for (const stream of streams) expect((await client.answer(stream)).body.toString()).toBe(String(stream));
  });

  test("that is cancelled is not answered, and the others are", async () => {
    client.send(callFrames(1, "/test/Wait", hello), callFrames(3, "/test/Wait", hello));
    while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
    client.send(frame(RST_STREAM, 0, 1, uint32(8)));
    await client.settle();
    for (const release of held.splice(0)) release();
    await answers(3);
    expect(client.frames.some(({ stream }) => stream === 1)).toBe(false);
    // Frames that were on their way when it ended do no harm.
    client.send(frame(WINDOW_UPDATE, 0, 1, uint32(1)), frame(DATA, END_STREAM, 1, message(hello)));
    client.send(callFrames(5, "/test/Echo", hello));
    await answers(5);
  });

  test.each([
    ["is no gRPC message", Buffer.from("xx")],
    ["is shorter than it says", message(hello).subarray(0, 8)],
    ["is longer than it says", Buffer.concat([message(hello), hello])],
    ["is compressed", Buffer.concat([Buffer.from([1]), message(hello).subarray(1)])],
  ])("whose body %s is refused with words", async (_what, body) => {
    client.send(frame(HEADERS, END_HEADERS, 1, callBlock("/test/Echo")), frame(DATA, END_STREAM, 1, body));
    const { trailers } = await client.answer(1);
    expect(trailers).toContain("grpc-status\u000213");
    expect(trailers).toContain("/test/Echo was not called with one uncompressed message.");
  });
});

describe("the connection", () => {
  test("settings and pings are acknowledged, acknowledgements are not", async () => {
    client.send(frame(SETTINGS, ACK, 0), frame(PING, ACK, 0, Buffer.from("nothing!")));
    client.send(settings([3, 100], [0x99, 7]), frame(PING, 0, 0, Buffer.from("12345678")));
    const pong = await client.frame(({ type }) => type === PING);
    expect(pong).toMatchObject({ flags: ACK, payload: Buffer.from("12345678") });
    expect(client.frames.filter(({ type, flags }) => type === SETTINGS && flags === ACK)).toHaveLength(2);
  });

  test("the client's windows hold the answer up until they grow", async () => {
    const body = Buffer.alloc(100_000, 7);
    client.send(settings([4, 10]));
    client.send(
      frame(HEADERS, END_HEADERS, 1, callBlock("/test/Echo")),
      ...[0, 1, 2, 3, 4, 5, 6].map((part) => {
        const bytes = message(body).subarray(part * 16_384, (part + 1) * 16_384);
        return frame(DATA, part === 6 ? END_STREAM : 0, 1, bytes);
      }),
    );
    await client.settle();
    expect(client.data(1)).toHaveLength(10);
    client.send(frame(WINDOW_UPDATE, 0, 1, uint32(5)));
    await client.settle();
    expect(client.data(1)).toHaveLength(15);
    // The setting counts for streams that are under way, and may leave them less than nothing.
    client.send(settings([4, 0]), frame(WINDOW_UPDATE, 0, 1, uint32(9)));
    await client.settle();
    expect(client.data(1)).toHaveLength(15);
    client.send(settings([4, 0x7fff_0000]));
    await client.settle();
    // Now the connection's window is the limit.
    expect(client.data(1)).toHaveLength(65_535);
    client.send(frame(WINDOW_UPDATE, 0, 0, uint32(1_000_000)));
    expect((await client.answer(1)).body).toEqual(body);
    expect(Math.max(...client.frames.map(({ payload }) => payload.length))).toBeLessThanOrEqual(16_384);
  });

  test("frames are as long as the client takes them", async () => {
    const body = Buffer.alloc(50_000, 7);
    client.send(settings([5, 40_000], [4, 1_000_000]));
    client.send(frame(HEADERS, END_HEADERS, 1, callBlock("/test/Echo")));
    for (let at = 0; at < body.length + 5; at += 10_000) {
      const bytes = message(body).subarray(at, at + 10_000);
      client.send(frame(DATA, at + 10_000 >= body.length + 5 ? END_STREAM : 0, 1, bytes));
    }
    expect((await client.answer(1)).body).toEqual(body);
    expect(client.frames.map(({ payload }) => payload.length)).toContain(40_000);
  });

  test("one stream that is held up does not hold up others", async () => {
    client.send(settings([4, 3]), callFrames(1, "/test/Echo", hello), settings([4, 100]));
    client.send(callFrames(3, "/test/Echo", hello));
    await answers(3);
    await answers(1);
    client.send(settings([4, 0]), callFrames(5, "/test/Echo", hello), callFrames(7, "/test/Echo", hello));
    await client.settle();
    client.send(frame(WINDOW_UPDATE, 0, 7, uint32(100)));
    await answers(7);
    expect(client.data(5)).toHaveLength(0);
  });

  test("a request without a path, and one that goes on behind its end, are reset", async () => {
    client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, Buffer.from([0x83])));
    const reset = (stream: number) =>
      client.frame((received) => received.type === RST_STREAM && received.stream === stream);
    expect((await reset(1)).payload.readUInt32BE()).toBe(PROTOCOL_ERROR);
    for (const [stream, more] of [
      [3, frame(DATA, END_STREAM, 3, message(hello))],
      [5, frame(HEADERS, END_HEADERS | END_STREAM, 5, literal("x", "y"))],
    ] as const) {
      client.send(callFrames(stream, "/test/Wait", hello), more);
      expect((await reset(stream)).payload.readUInt32BE()).toBe(STREAM_CLOSED);
    }
    for (const release of held.splice(0)) release();
    client.send(callFrames(7, "/test/Echo", hello));
    await answers(7);
  });
});

describe("a client that breaks the rules is told which, and cut off", () => {
  const open = frame(HEADERS, END_HEADERS, 1, callBlock("/test/Wait"));

  test.each<[string, number, Buffer[]]>([
    ["DATA on no stream", PROTOCOL_ERROR, [frame(DATA, 0, 0, hello)]],
    ["DATA on a stream that has not begun", PROTOCOL_ERROR, [frame(DATA, 0, 3, hello)]],
    ["more padding than frame", PROTOCOL_ERROR, [open, frame(DATA, PADDED, 1, Buffer.from([9, 1]))]],
    ["padding of an empty frame", PROTOCOL_ERROR, [open, frame(DATA, PADDED, 1)]],
    ["HEADERS on no stream", PROTOCOL_ERROR, [frame(HEADERS, END_HEADERS, 0, callBlock("/"))]],
    ["HEADERS on a server's stream", PROTOCOL_ERROR, [frame(HEADERS, END_HEADERS, 2, callBlock("/"))]],
    ["HEADERS too short for a priority", FRAME_SIZE_ERROR, [frame(HEADERS, PRIORITY, 1, hello.subarray(1))]],
    ["trailers that end nothing", PROTOCOL_ERROR, [open, open]],
    [
      "a header block that is interrupted",
      PROTOCOL_ERROR,
      [frame(HEADERS, 0, 1), frame(PING, 0, 0, Buffer.alloc(8))],
    ],
    [
      "a header block that goes on elsewhere",
      PROTOCOL_ERROR,
      [frame(HEADERS, 0, 1), frame(CONTINUATION, 0, 3, hello)],
    ],
    ["CONTINUATION of nothing", PROTOCOL_ERROR, [frame(CONTINUATION, END_HEADERS, 1, hello)]],
    [
      "a header block without end",
      ENHANCE_YOUR_CALM,
      [frame(HEADERS, 0, 1), ...new Array(10).fill(frame(CONTINUATION, 0, 1, Buffer.alloc(16_000)))],
    ],
    [
      "a header block of nothing, without end",
      ENHANCE_YOUR_CALM,
      [frame(HEADERS, 0, 1), frame(CONTINUATION, 0, 1)],
    ],
    [
      "a header block that is none",
      COMPRESSION_ERROR,
      [frame(HEADERS, END_HEADERS, 1, Buffer.from([0xff, 0xff]))],
    ],
    ["RST_STREAM of nothing", PROTOCOL_ERROR, [frame(RST_STREAM, 0, 1, uint32(8))]],
    ["RST_STREAM of a wrong size", FRAME_SIZE_ERROR, [open, frame(RST_STREAM, 0, 1, hello)]],
    ["SETTINGS of a stream", PROTOCOL_ERROR, [frame(SETTINGS, 0, 1)]],
    ["SETTINGS of a wrong size", FRAME_SIZE_ERROR, [frame(SETTINGS, 0, 0, hello)]],
    ["an acknowledgement with settings", FRAME_SIZE_ERROR, [frame(SETTINGS, ACK, 0, Buffer.alloc(6))]],
    ["a setting of push", PROTOCOL_ERROR, [settings([2, 2])]],
    ["a window that is too large", FLOW_CONTROL_ERROR, [settings([4, 0x80000000])]],
    ["a frame size that is too small", PROTOCOL_ERROR, [settings([5, 16_383])]],
    ["a frame size that is too large", PROTOCOL_ERROR, [settings([5, 0x1000000])]],
    ["PUSH_PROMISE", PROTOCOL_ERROR, [frame(5, END_HEADERS, 1, Buffer.alloc(8))]],
    ["PING of a stream", PROTOCOL_ERROR, [frame(PING, 0, 1, Buffer.alloc(8))]],
    ["PING of a wrong size", FRAME_SIZE_ERROR, [frame(PING, 0, 0, hello)]],
    ["WINDOW_UPDATE of nothing", PROTOCOL_ERROR, [frame(WINDOW_UPDATE, 0, 1, uint32(1))]],
    ["WINDOW_UPDATE by nothing", PROTOCOL_ERROR, [frame(WINDOW_UPDATE, 0, 0, uint32(0))]],
    ["WINDOW_UPDATE of a wrong size", FRAME_SIZE_ERROR, [frame(WINDOW_UPDATE, 0, 0, hello)]],
    [
      "a connection's window that grows too large",
      FLOW_CONTROL_ERROR,
      [frame(WINDOW_UPDATE, 0, 0, uint32(0x7fffffff))],
    ],
    [
      "a stream's window that grows too large",
      FLOW_CONTROL_ERROR,
      [open, frame(WINDOW_UPDATE, 0, 1, uint32(0x7fffffff))],
    ],
    [
      "streams' windows that a setting makes too large",
      FLOW_CONTROL_ERROR,
      [open, frame(WINDOW_UPDATE, 0, 1, uint32(100)), settings([4, 0x7fffffff])],
    ],
    ["a frame that is too long", FRAME_SIZE_ERROR, [frame(DATA, 0, 1, Buffer.alloc(16_385))]],
  ])("%s", async (_what, code, frames) => {
    client.send(...frames);
    expect(await client.goAway()).toMatchObject({ code, text: expect.stringMatching(/\.$/) });
    while (!client.closed) await new Promise((resolve) => setImmediate(resolve));
  });

  test.each([
    ["HTTP/1", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    ["no settings", Buffer.concat([PREFACE, frame(PING, 0, 0, Buffer.alloc(8))])],
  ])("%s at the beginning", async (_what, opening) => {
    const stranger = await RawClient.open(port, opening);
    expect(await stranger.goAway()).toMatchObject({ code: PROTOCOL_ERROR });
    await stranger.close();
  });

  test("any bytes: the server goes on for the others", async () => {
    const anyFrame = fc
      .tuple(fc.nat(10), fc.nat(255), fc.nat(4), fc.uint8Array({ maxLength: 60 }))
      .map((parts) => frame(...parts));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(anyFrame, fc.uint8Array({ maxLength: 30 }))), async (parts) => {
        const stranger = await RawClient.open(port, Buffer.concat([PREFACE, settings(), ...parts]));
        stranger.socket.end();
        while (!stranger.closed) await new Promise((resolve) => setImmediate(resolve));
      }),
      { numRuns: 200 },
    );
    client.send(callFrames(1, "/test/Echo", hello));
    await answers();
  });
});
