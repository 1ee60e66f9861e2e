import * as fc from "fast-check";
import * as protobufjs from "protobufjs";
import { messages } from "../../lib/tfplugin/wire/messages";
import { type Field, type MessageTable, Protobuf } from "../../lib/tfplugin/wire/protobuf";

const table: MessageTable = {
  ...messages,
  Everything: {
    text: { number: 1, kind: "string" },
    data: { number: 2, kind: "bytes" },
    flag: { number: 3, kind: "bool" },
    count: { number: 4, kind: "int" },
    child: { number: 15, kind: "message", message: "Everything" },
    children: { number: 16, kind: "message", message: "Everything", rule: "repeated" },
    names: { number: 2047, kind: "string", rule: "repeated" },
    byName: { number: 2048, kind: "message", message: "Everything", rule: "map" },
  },
};
const TYPES = { string: "string", bytes: "bytes", bool: "bool", int: "int64" } as const;

/** The same table as protobufjs wants it: the oracle. */
const root = protobufjs.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(table).map(([name, fields]) => [
      name.replace(".", ""),
      { fields: Object.fromEntries(Object.entries(fields).map(([field, of]) => [field, fieldJson(of)])) },
    ]),
  ),
});

function fieldJson({ number, kind, message, rule }: Field) {
  const type = kind === "message" ? message! : TYPES[kind];
  if (rule === "map") return { id: number, keyType: "string", type };
  return { id: number, type, ...(rule ? { rule } : {}) };
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const plain = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
const key = fc.string({ unit: "binary" }).filter((text) => text !== "__proto__");

type Anything = { [field: string]: unknown };

const leaf: fc.Arbitrary<Anything> = fc.record(
  {
    text: fc.string({ unit: "binary" }),
    data: fc.uint8Array(),
    flag: fc.boolean(),
    count: int64.map(plain),
    names: fc.array(fc.string()),
  },
  { requiredKeys: [] },
);

function nested(depth: number): fc.Arbitrary<Anything> {
  if (depth === 0) return leaf;
  const inner = nested(depth - 1);
  const branches = fc.record(
    {
      child: inner,
      children: fc.array(inner, { maxLength: 3 }),
      byName: fc.dictionary(key, inner, { maxKeys: 3 }),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(leaf, branches).map(([scalars, objects]) => ({ ...scalars, ...objects }));
}

const everything = nested(3);

/** protobufjs takes int64 as a Long or as a decimal string. */
function forOracle(value: { [field: string]: unknown }): { [field: string]: unknown } {
  const result: { [field: string]: unknown } = {};
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    if (name === "count") result[name] = String(item);
    else if (name === "child") result[name] = forOracle(item as never);
    else if (name === "children") result[name] = (item as never[]).map(forOracle);
    else if (name === "byName")
      result[name] = Object.fromEntries(
        Object.entries(item as never).map(([k, v]) => [k, forOracle(v as never)]),
      );
    else result[name] = item;
  }
  return result;
}

/** proto3 does not tell a field with its default value from an absent one. */
function withoutDefaults(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(withoutDefaults);
  if (typeof value !== "object" || value === null) return value;
  const isDefault = ([name, item]: [string, unknown]) =>
    ["", "0", 0, false, undefined].includes(item as never) ||
    (["data", "children", "names"].includes(name) && (item as Uint8Array | unknown[]).length === 0) ||
    (name === "byName" && Object.keys(item as object).length === 0);
  const { byName, ...rest } = value as Anything;
  const entries = Object.entries({ ...rest, ...(byName ? { byName } : {}) }).filter(
    (entry) => !isDefault(entry),
  );
  return Object.fromEntries(
    entries.map(([name, item]) => [name, name === "byName" ? mapOf(item) : withoutDefaults(item)]),
  );
}

/** The keys of a map are the user's: none of them is a field with a default. */
function mapOf(value: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as object).map(([key, item]) => [key, withoutDefaults(item)]),
  );
}

describe("the protobuf codec", () => {
  const codec = new Protobuf(table);
  const oracle = root.lookupType("Everything");

  it("reads what protobufjs writes", () => {
    fc.assert(
      fc.property(everything, (value) => {
        const bytes = oracle.encode(oracle.fromObject(forOracle(value))).finish();
        expect(withoutDefaults(codec.decode("Everything", bytes))).toEqual(withoutDefaults(value));
      }),
    );
  });

  it("writes what protobufjs reads", () => {
    fc.assert(
      fc.property(everything, (value) => {
        const decoded = oracle.toObject(oracle.decode(codec.encode("Everything", value)), { longs: String });
        expect(withoutDefaults(decoded)).toEqual(withoutDefaults(forOracle(value)));
      }),
    );
  });

  it("skips fields and wire types that it does not know", () => {
    const bytes = Buffer.from([
      0x98, 0x06, 0x05, 0x0a, 0x01, 0x61, 0x9d, 0x06, 1, 2, 3, 4, 0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    expect(codec.decode("Everything", bytes)).toEqual({ text: "a" });
  });

  it("keeps zero where a oneof needs it", () => {
    const bytes = codec.encode("Step", { elementKeyInt: 0 });
    expect(codec.decode("Step", bytes)).toEqual({ elementKeyInt: 0 });
  });

  it.each([[[0x0a, 0x05, 0x61]], [[0x20, 0xff]], [[0x0b]]])("refuses the broken bytes %j", (bytes) => {
    expect(() => codec.decode("Everything", Buffer.from(bytes))).toThrow();
  });
});
