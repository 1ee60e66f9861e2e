import { decode, ExtData, ExtensionCodec, encode } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { Dynamic, equal, type Type, UNKNOWN, Unknown } from "../../lib/tfplugin";
import { fromJson, parseJson } from "../../lib/tfplugin/value/json";
import { findMismatch } from "../../lib/tfplugin/value/mismatch";
import { readMsgpack } from "../../lib/tfplugin/value/msgpack-reader";
import { writeMsgpack } from "../../lib/tfplugin/value/msgpack-writer";
import { parseDecimal, sameNumber } from "../../lib/tfplugin/value/number";

const name = fc.string({ unit: "binary", minLength: 1 }).filter((text) => text !== "__proto__");
const text = fc.string({ unit: "binary", maxLength: 40 });

const { type } = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<Type>("string", "number", "bool"),
    fc.tuple(fc.constantFrom("list" as const, "set" as const, "map" as const), tie("type")),
    fc.tuple(fc.constant("object" as const), fc.dictionary(name, tie("type"), { maxKeys: 3 })),
    fc.tuple(fc.constant("tuple" as const), fc.array(tie("type"), { maxLength: 3 })),
  ),
}));

const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map((value) => parseDecimal(value.toString())),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => parseDecimal(String(value))),
);

/** Values of a type; `extra` adds null and unknown where they may stand. */
function valuesOf(of: Type, extra: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (of === "string") return fc.oneof(text, extra);
  if (of === "bool") return fc.oneof(fc.boolean(), extra);
  if (of === "number") return fc.oneof(number, extra);
  if (of === "dynamic") return fc.oneof(fc.string().map(Dynamic.of), extra);
  if (of[0] === "list" || of[0] === "set")
    return fc.oneof(fc.array(valuesOf(of[1], extra), { maxLength: 20 }), extra);
  if (of[0] === "map") return fc.oneof(fc.dictionary(name, valuesOf(of[1], extra), { maxKeys: 20 }), extra);
  if (of[0] === "tuple")
    return fc.oneof(fc.tuple(...of[1].map((element) => valuesOf(element, extra))), extra);
  const fields = Object.entries(of[1]).map(([key, inner]) => [key, valuesOf(inner, extra)] as const);
  return fc.oneof(fc.record(Object.fromEntries(fields)), extra);
}

const typedValue = (extra: fc.Arbitrary<unknown>) =>
  type.chain((of) => fc.tuple(fc.constant(of), valuesOf(of, extra)));

/** Numbers as the oracle can hold them. */
function numbersOnly(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    return String(BigInt(value));
  if (typeof value === "number" && !Number.isInteger(value)) return String(value);
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(numbersOnly);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbersOnly(item)]));
}

const extensionCodec = new ExtensionCodec();

describe("the value codec", () => {
  it("returns what it was given", () => {
    const refined = fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => new Unknown(Buffer.from(bytes)));
    const extra = fc.oneof(fc.constant(null), fc.constant(UNKNOWN), refined);
    fc.assert(
      fc.property(typedValue(extra), ([of, value]) => {
        expect(equal(readMsgpack(writeMsgpack(value, of), of), value, of)).toBe(true);
      }),
    );
  });

  it("writes what @msgpack/msgpack reads", () => {
    fc.assert(
      fc.property(typedValue(fc.constant(null)), ([of, value]) => {
        const read = decode(writeMsgpack(value, of), { useBigInt64: true });
        expect(numbersOnly(read)).toEqual(numbersOnly(value));
      }),
    );
  });

  it("reads what @msgpack/msgpack writes", () => {
    const extra = fc.constantFrom(null, UNKNOWN);
    fc.assert(
      fc.property(typedValue(extra), ([of, value]) => {
        const bytes = encode(forOracle(value), { extensionCodec, useBigInt64: true });
        expect(equal(readMsgpack(bytes, of), value, of)).toBe(true);
      }),
    );
  });

  it.each([
    ["the unknown value", UNKNOWN, "string", "d40000"],
    ["a fraction as decimal text", 0.1, "number", "a3302e31"],
    ["an integer beyond 2^53", 9007199254740993n, "number", "d30020000000000001"],
    ["an integer beyond 64 bits as text", 2n ** 64n, "number", "b43138343436373434303733373039353531363136"],
    ["a refined unknown as it came", new Unknown(Buffer.from([0x81, 1, 0xc2])), "string", "c7030c8101c2"],
    ["every attribute of an object", { a: "x" }, ["object", { a: "string", b: "bool" }], "82a161a178a162c0"],
    ["an unknown dynamic value without a type", UNKNOWN, "dynamic", "d40000"],
    ["a dynamic value with its type", Dynamic.of(true), "dynamic", "92c40622626f6f6c22c3"],
  ] as [string, unknown, Type, string][])("writes %s", (_what, value, of, hex) => {
    expect(Buffer.from(writeMsgpack(value, of)).toString("hex")).toBe(hex);
  });

  it.each([
    ["in their order", { a: "x", ab: true, b: null }],
    ["in any other", { b: null, ab: true, a: "x" }],
    ["with one left out", { ab: true, a: "x" }],
  ])("reads the attributes of an object %s", (_what, value) => {
    const type: Type = ["object", { b: "number", a: "string", ab: "bool" }];
    expect(readMsgpack(encode(value), type)).toEqual({ a: "x", ab: true, b: null });
  });

  it("refuses an attribute that an object does not have", () => {
    const type: Type = ["object", { a: "string", b: "string" }];
    expect(() => readMsgpack(encode({ a: "x", c: "y" }), type)).toThrow('unexpected attribute "c"');
  });

  it("keeps keys that JavaScript has plans with", () => {
    const bytes = Buffer.from("81a95f5f70726f746f5f5fa178", "hex");
    const value = readMsgpack(bytes, ["map", "string"]) as object;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(Buffer.from(writeMsgpack(value, ["map", "string"]))).toEqual(bytes);
  });

  it("refuses a text for a number that is none", () => {
    for (const digits of ["1.50", "-1e3", "+.5", "12345678901234567890123"])
      expect(() => writeMsgpack(digits, "number")).not.toThrow();
    for (const text of ["", "one", "0x10", "1_000", "NaN"])
      expect(() => writeMsgpack(text, "number")).toThrow("A string is not a number");
  });

  it("names the part that does not fit", () => {
    const of: Type = ["object", { rules: ["list", ["object", { port: "number" }]] }];
    const value = { rules: [{ port: 1 }, { port: true }] };
    expect(() => writeMsgpack(value, of)).toThrow("A boolean is not a number");
    expect(findMismatch(value, of)).toEqual(["rules", 1, "port"]);
  });
});

function forOracle(value: unknown): unknown {
  if (value === UNKNOWN) return new ExtData(0, new Uint8Array(1));
  if (typeof value === "bigint" && (value < -(2n ** 63n) || value >= 2n ** 63n)) return String(value);
  if (Array.isArray(value)) return value.map(forOracle);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, forOracle(item)]));
}

describe("numbers", () => {
  it.each([
    ["0.1", 0.1],
    ["1.50", 1.5],
    ["1e3", 1000],
    ["0.0000001", 1e-7],
    ["9007199254740993", 9007199254740993n],
    ["1e23", 10n ** 23n],
    ["0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"],
    ["-0", -0],
  ])("reads %s without loss", (digits, expected) => {
    expect(parseDecimal(digits)).toBe(expected);
  });

  it("compares across forms", () => {
    expect(sameNumber(1e21, 10n ** 21n)).toBe(true);
    expect(sameNumber("1.50", 1.5)).toBe(true);
    expect(sameNumber(2 ** 53, 2n ** 53n + 1n)).toBe(false);
  });
});

describe("JSON states", () => {
  it("keep integers beyond 2^53, and strings that look like them", () => {
    const json =
      '{"n":9007199254740993,"s":"9007199254740993","list":[-9007199254740993],"f":0.1234567890123456789}';
    expect(parseJson(json)).toEqual({
      n: 9007199254740993n,
      s: "9007199254740993",
      list: [-9007199254740993n],
      f: 0.12345678901234568,
    });
  });

  it("carry dynamic values with their type", () => {
    const value = fromJson({ any: { type: ["list", "number"], value: [1] } }, [
      "object",
      { any: "dynamic", gone: "bool" },
    ]);
    expect(value).toEqual({ any: new Dynamic(["list", "number"], [1]), gone: null });
  });
});

describe("equality", () => {
  it.each([
    [["set", "string"], ["a", "b"], ["b", "a"], true],
    [["set", "number"], [1, 1, 2], [2, 1], true],
    [["list", "string"], ["a", "b"], ["b", "a"], false],
    [["map", "string"], {}, null, false],
    [["object", { a: "string" }], { a: null }, {}, true],
    ["string", UNKNOWN, UNKNOWN, true],
    ["string", UNKNOWN, "a", false],
    ["dynamic", Dynamic.of({ a: 1, b: 2 }), Dynamic.of({ b: 2, a: 1 }), true],
    ["dynamic", Dynamic.of(1), Dynamic.of("1"), false],
  ] as [Type, unknown, unknown, boolean][])("of %j: %j and %j: %s", (of, left, right, expected) => {
    expect(equal(left, right, of)).toBe(expected);
  });
});
