import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import * as fc from "fast-check";
import { FrameReader } from "../../lib/tfplugin/http2/frame-reader";
import { HeaderDecoder } from "../../lib/tfplugin/http2/hpack";
import { decodeHuffman } from "../../lib/tfplugin/http2/huffman";
import { frame, HEADERS, settings } from "./raw-http2";

// Node's own HTTP/2 client (nghttp2) is the oracle: it encodes with Huffman code and a dynamic table.

describe("header blocks that nghttp2 encoded", () => {
  let server: Server;
  let client: ClientHttp2Session;
  let decoder: HeaderDecoder;
  let arrived: (headers: Record<string, string>) => void = () => {};

  beforeAll(async () => {
    server = createServer((socket: Socket) => {
      decoder = new HeaderDecoder();
      const reader = new FrameReader(({ type, flags, stream, payload }) => {
        if (type !== HEADERS) return;
        // nghttp2 sends a priority of five bytes in front of the block.
        const block = flags & 0x20 ? payload.subarray(5) : payload;
        arrived(Object.fromEntries(decoder.decode(block)));
        socket.write(frame(HEADERS, 5, stream, Buffer.from([0x88])));
      });
      socket.on("data", (chunk: Buffer) => reader.push(chunk));
      socket.on("error", () => {});
      socket.write(settings());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  afterAll(async () => {
    client.destroy();
    server.close();
    await once(server, "close");
  });

  async function roundTrip(headers: Record<string, string>): Promise<Record<string, string>> {
    const decoded = new Promise<Record<string, string>>((resolve) => {
      arrived = resolve;
    });
    const stream = client.request({ ":method": "POST", ":path": "/a.B/C", ...headers });
    stream.end();
    stream.resume();
    const result = await decoded;
    await once(stream, "close");
    return result;
  }

  const name = fc
    .tuple(
      fc.constantFrom("x-", "grpc-", "y"),
      fc.string({ unit: fc.constantFrom(..."abcxyz019-"), maxLength: 20 }),
    )
    .map((parts) => parts.join(""));
  const value = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: 400,
  });

  test("come out as they went in, with numbers that span requests, and evictions", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value, { maxKeys: 8 }), async (headers) => {
        const decoded = await roundTrip(headers);
        expect(decoded).toMatchObject({
          ":method": "POST",
          ":path": "/a.B/C",
          ":scheme": "http",
          ...headers,
        });
      }),
      { numRuns: 300 },
    );
  });

  test("every byte that a value may have", async () => {
    const bytes = Array.from({ length: 256 - 0x21 }, (_, index) => String.fromCharCode(0x21 + index));
    const text = bytes.filter((byte) => byte !== "\x7f").join("");
    // Repeated ones make Huffman code worth its while even where a byte's code is long.
    expect(await roundTrip({ "x-all": text, "x-many": "e".repeat(1000) + text })).toMatchObject({
      "x-all": text,
      "x-many": "e".repeat(1000) + text,
    });
  });
});

describe("the decoder", () => {
  const decode = (...bytes: number[]) => new HeaderDecoder().decode(Buffer.from(bytes));

  // RFC 7541, appendix C.
  test("the RFC's examples", () => {
    const decoder = new HeaderDecoder();
    const hex = (text: string) => decoder.decode(Buffer.from(text.replaceAll(" ", ""), "hex"));
    expect(hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).toEqual([
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ]);
    expect(hex("8286 84be 5886 a8eb 1064 9cbf").slice(3)).toEqual([
      [":authority", "www.example.com"],
      ["cache-control", "no-cache"],
    ]);
    expect(hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf").slice(1)).toEqual([
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ]);
  });

  test("a table that the client makes smaller forgets the oldest", () => {
    const decoder = new HeaderDecoder();
    const field = (name: string) => [0x40, 1, name.charCodeAt(0), 1, 0x31];
    decoder.decode(Buffer.from([...field("a"), ...field("b")]));
    expect(decoder.decode(Buffer.from([0xbe, 0xbf]))).toEqual([
      ["b", "1"],
      ["a", "1"],
    ]);
    // 34 bytes are room for one.
    expect(decoder.decode(Buffer.from([0x3f, 34 - 31, 0xbe]))).toEqual([["b", "1"]]);
    expect(() => decoder.decode(Buffer.from([0xbf]))).toThrow("names a field 63");
  });

  test.each<[string, number[], string]>([
    ["a number of no field", [0x80], "names a field 0"],
    ["a number beyond the table", [0xbe], "names a field 62"],
    ["a number without end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "too large"],
    ["a number that is cut off", [0xff, 0xff], "cut off"],
    ["a text that is cut off", [0x00, 0x05, 0x61], "cut off"],
    ["a larger table than agreed", [0x3f, 0xe2, 0x1f], "larger table"],
    ["a table's size behind a field", [0x82, 0x20], "behind a field"],
    ["Huffman code that does not end in ones", [0x00, 0x81, 0x00, 0x01, 0x61], "Huffman"],
    ["the end in the middle of a text", [0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x01, 0x61], "Huffman"],
  ])("refuses %s", (_what, bytes, text) => {
    expect(() => decode(...bytes)).toThrow(text);
  });

  test("a field that unfolds without end is too many headers", () => {
    const decoder = new HeaderDecoder();
    const long = [0x40, 1, 0x61, 0x7f, 0x81, 0x1e, ...new Array(3968).fill(0x62)];
    expect(decoder.decode(Buffer.from(long))[0]![1]).toHaveLength(3968);
    expect(() => decoder.decode(Buffer.alloc(100, 0xbe))).toThrow("too many headers");
  });

  test("any bytes are decoded or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          expect(new HeaderDecoder().decode(Buffer.from(bytes))).toBeInstanceOf(Array);
        } catch (error) {
          expect(error).toHaveProperty("code");
        }
      }),
    );
  });

  test("Huffman code: nothing is nothing, and padding is less than a byte", () => {
    expect(decodeHuffman(Buffer.alloc(0))).toBe("");
    expect(() => decodeHuffman(Buffer.from([0xff]))).toThrow("Huffman");
  });
});
