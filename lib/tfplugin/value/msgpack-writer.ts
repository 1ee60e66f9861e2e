import { ByteWriter } from "../wire/byte-writer";
import { Dynamic, typeOf } from "./dynamic";
import type { Decimal } from "./number";
import { fieldsOfObject } from "./object-fields";
import { type Fields, isFields, type ObjectType, type Type } from "./type";
import { Unknown } from "./unknown";

const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;
const REFINED_UNKNOWN = 12;
const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** The value does not fit the type. The caller finds out where (`findMismatch`) and names the attribute. */
export class TypeMismatch extends Error {
  constructor(value: unknown, type: Type) {
    super(`${describe(value)} is not a ${typeof type === "string" ? type : type[0]}`);
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "A list";
  return typeof value === "object" ? "An object" : `A ${typeof value}`;
}

/** Writes a value as msgpack, the way Terraform's own library does. */
export function writeMsgpack(value: unknown, type: Type): Uint8Array {
  const writer = new ByteWriter();
  write(writer, value, type);
  return writer.finish();
}

function write(writer: ByteWriter, value: unknown, type: Type): ByteWriter {
  if (type === "dynamic") return writeDynamic(writer, value);
  if (value === null || value === undefined) return writer.uint8(NIL);
  if (value instanceof Unknown) return writeUnknown(writer, value);
  if (typeof type === "string") return writePrimitive(writer, value, type);
  switch (type[0]) {
    case "list":
    case "set":
      if (!Array.isArray(value)) break;
      writeLength(writer, value.length, ARRAY);
      for (const element of value) write(writer, element, type[1]);
      return writer;
    case "tuple":
      if (!Array.isArray(value) || value.length !== type[1].length) break;
      writeLength(writer, value.length, ARRAY);
      for (const [index, element] of type[1].entries()) write(writer, value[index], element);
      return writer;
    case "map":
      if (!isFields(value)) break;
      return writeMap(writer, value, type[1]);
    case "object":
      if (!isFields(value)) break;
      return writeObject(writer, value, type);
  }
  throw new TypeMismatch(value, type);
}

function writeMap(writer: ByteWriter, value: Fields, element: Type): ByteWriter {
  const keys = Object.keys(value);
  writeLength(writer, keys.length, MAP);
  for (const key of keys) {
    writeString(writer, key);
    write(writer, value[key], element);
  }
  return writer;
}

/** Every attribute of the type is sent, and nil stands for what is not set: Terraform refuses a missing one. */
function writeObject(writer: ByteWriter, value: Fields, type: ObjectType): ByteWriter {
  const fields = fieldsOfObject(type);
  writeLength(writer, fields.length, MAP);
  for (const field of fields) {
    writeLength(writer, field.key.length, STRING).bytes(field.key);
    write(writer, Object.hasOwn(value, field.name) ? value[field.name] : null, field.type);
  }
  return writer;
}

function writePrimitive(writer: ByteWriter, value: unknown, type: "string" | "number" | "bool"): ByteWriter {
  if (type === "string" && typeof value === "string") return writeString(writer, value);
  if (type === "bool" && typeof value === "boolean") return writer.uint8(value ? TRUE : FALSE);
  if (
    type === "number" &&
    (typeof value === "number" || typeof value === "bigint" || typeof value === "string")
  ) {
    return writeNumber(writer, value);
  }
  throw new TypeMismatch(value, type);
}

/** A dynamic value carries its type; only "unknown, and of unknown type" and an untyped null do not. */
function writeDynamic(writer: ByteWriter, value: unknown): ByteWriter {
  const { type, value: inner } = value instanceof Dynamic ? value : new Dynamic(typeOf(value), value);
  if (type === "dynamic") {
    if (inner instanceof Unknown) return writeUnknown(writer, inner);
    return writer.uint8(NIL);
  }
  writeLength(writer, 2, ARRAY);
  const json = Buffer.from(JSON.stringify(type));
  writeLength(writer, json.length, BIN);
  writer.bytes(json);
  return write(writer, inner, type);
}

function writeUnknown(writer: ByteWriter, value: Unknown): ByteWriter {
  if (!value.refinements?.length) return writer.uint8(0xd4).uint8(0).uint8(0);
  writeLength(writer, value.refinements.length, EXT);
  return writer.uint8(REFINED_UNKNOWN).bytes(value.refinements);
}

/** A fraction travels as decimal text: as a double, 0.1 would come out as another number on the other side. */
function writeNumber(writer: ByteWriter, value: Decimal): ByteWriter {
  if (typeof value === "string") {
    if (!DECIMAL.test(value)) throw new TypeMismatch(value, "number");
    return writeString(writer, value);
  }
  if (typeof value === "bigint") {
    if (value < MIN_INT64 || value > MAX_INT64) return writeString(writer, value.toString());
    return writer.uint8(0xd3).int64(value);
  }
  if (!Number.isInteger(value)) {
    if (Number.isFinite(value)) return writeString(writer, String(value));
    if (Number.isNaN(value)) throw new TypeMismatch(value, "number");
    return writer.uint8(0xcb).float64(value);
  }
  if (value >= -32 && value < 128) return writer.uint8(value & 0xff);
  if (value >= -0x80000000 && value <= 0x7fffffff) {
    return writer.uint8(0xd2).int32(value);
  }
  if (Number.isSafeInteger(value)) {
    return writer.uint8(0xd3).int64(BigInt(value));
  }
  return writer.uint8(0xcb).float64(value);
}

/** Short ASCII text, which is most of it, is written here: it costs less than two calls into the encoder. */
function writeString(writer: ByteWriter, value: string): ByteWriter {
  if (value.length <= STRING.limit) {
    writer.uint8(STRING.short | value.length);
    if (writer.ascii(value)) return writer;
    writer.back(1);
  }
  const size = Buffer.byteLength(value);
  writeLength(writer, size, STRING);
  return writer.utf8(value, size);
}

/** How msgpack writes a length: inside the first byte up to `limit`, else after one of three codes. */
interface Heading {
  readonly short: number;
  readonly limit: number;
  readonly codes: readonly [number | undefined, number, number];
}

const STRING: Heading = { short: 0xa0, limit: 31, codes: [0xd9, 0xda, 0xdb] };
const BIN: Heading = { short: 0, limit: -1, codes: [0xc4, 0xc5, 0xc6] };
const ARRAY: Heading = { short: 0x90, limit: 15, codes: [undefined, 0xdc, 0xdd] };
const MAP: Heading = { short: 0x80, limit: 15, codes: [undefined, 0xde, 0xdf] };
const EXT: Heading = { short: 0, limit: -1, codes: [0xc7, 0xc8, 0xc9] };

function writeLength(writer: ByteWriter, length: number, heading: Heading): ByteWriter {
  const [code8, code16, code32] = heading.codes;
  if (length <= heading.limit) return writer.uint8(heading.short | length);
  if (length < 0x100 && code8 !== undefined) {
    return writer.uint8(code8).uint8(length);
  }
  if (length < 0x10000) {
    return writer.uint8(code16).uint16(length);
  }
  return writer.uint8(code32).uint32(length);
}
