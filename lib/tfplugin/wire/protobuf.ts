import { ByteWriter } from "./byte-writer";
import { readSigned, readVarint, varint, writeSigned, writeVarint } from "./varint";

/**
 * One field of a message: its number and kind. `int` stands for int64 and enumerations.
 * Only length-delimited kinds may be repeated: the plugin protocol has no other repeated field.
 */
export interface Field {
  readonly number: number;
  readonly kind: "string" | "bytes" | "bool" | "int" | "message";
  readonly message?: string;
  readonly rule?: "repeated" | "map";
}

/** Message name -> field name -> field. */
export type MessageTable = { readonly [message: string]: { readonly [field: string]: Field } };

/** A decoded message. Absent fields are absent: proto3 defaults are for the reader to apply. */
type Decoded = Record<string, unknown>;

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/**
 * A protobuf codec over a table of messages.
 * int64 beyond 2^53 is a bigint, unknown fields are skipped, and a field that is set to its default is
 * written all the same: in a `oneof` it would otherwise be lost (list index 0 in an attribute path).
 */
export class Protobuf {
  private readonly byNumber = new Map<string, Map<number, readonly [string, Field]>>();

  constructor(private readonly table: MessageTable) {}

  decode(message: string, bytes: Uint8Array): Decoded {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.decodeRange(message, buffer, 0, buffer.length);
  }

  encode(message: string, value: object): Uint8Array {
    const writer = new ByteWriter();
    this.write(writer, this.fieldsOf(message), value as Decoded);
    return writer.finish();
  }

  private fieldsOf(message: string): { readonly [field: string]: Field } {
    const fields = this.table[message];
    if (!fields) throw new Error(`The protobuf message ${message} is not in the table.`);
    return fields;
  }

  private fieldByNumber(message: string): Map<number, readonly [string, Field]> {
    let fields = this.byNumber.get(message);
    if (!fields) {
      fields = new Map(Object.entries(this.fieldsOf(message)).map((entry) => [entry[1].number, entry]));
      this.byNumber.set(message, fields);
    }
    return fields;
  }

  private decodeRange(message: string, buffer: Buffer, start: number, end: number): Decoded {
    const fields = this.fieldByNumber(message);
    const result: Decoded = {};
    const cursor = { offset: start };
    while (cursor.offset < end) {
      const tag = readVarint(buffer, cursor);
      const [name, field] = fields.get(Math.floor(tag / 8)) ?? [];
      switch (tag % 8) {
        case VARINT: {
          const value = readSigned(buffer, cursor);
          if (name && field?.kind === "bool") result[name] = value !== 0;
          else if (name && field?.kind === "int") result[name] = value;
          break;
        }
        case DELIMITED: {
          const size = readVarint(buffer, cursor);
          const from = cursor.offset;
          cursor.offset += size;
          if (cursor.offset > end) throw new Error(`The protobuf message ${message} is cut off.`);
          if (name && field) this.store(result, name, field, buffer, from, cursor.offset);
          break;
        }
        case FIXED64:
          cursor.offset += 8;
          break;
        case FIXED32:
          cursor.offset += 4;
          break;
        default:
          throw new Error(`The protobuf message ${message} has wire type ${tag % 8}.`);
      }
    }
    return result;
  }

  private store(result: Decoded, name: string, field: Field, buffer: Buffer, from: number, to: number): void {
    if (field.rule === "map") {
      const entry = this.decodeEntry(field, buffer, from, to);
      result[name] ??= {};
      const map = result[name] as Decoded;
      Object.defineProperty(map, entry.key, {
        value: entry.value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return;
    }
    const value = this.decodeDelimited(field, buffer, from, to);
    if (field.rule === "repeated") {
      result[name] ??= [];
      (result[name] as unknown[]).push(value);
    } else result[name] = value;
  }

  /** A map is a repeated message of a key (field 1) and a value (field 2); absent parts are empty. */
  private decodeEntry(
    field: Field,
    buffer: Buffer,
    from: number,
    to: number,
  ): { key: string; value: unknown } {
    const entry = { key: "", value: undefined as unknown };
    const cursor = { offset: from };
    while (cursor.offset < to) {
      const number = Math.floor(readVarint(buffer, cursor) / 8);
      const size = readVarint(buffer, cursor);
      const start = cursor.offset;
      cursor.offset += size;
      if (number === 1) entry.key = buffer.toString("utf8", start, cursor.offset);
      else if (number === 2) entry.value = this.decodeDelimited(field, buffer, start, cursor.offset);
    }
    entry.value ??= this.decodeDelimited(field, buffer, to, to);
    return entry;
  }

  private decodeDelimited(field: Field, buffer: Buffer, from: number, to: number): unknown {
    if (field.kind === "string") return buffer.toString("utf8", from, to);
    if (field.kind === "message") return this.decodeRange(field.message!, buffer, from, to);
    return buffer.subarray(from, to);
  }

  private write(writer: ByteWriter, fields: { readonly [field: string]: Field }, value: Decoded): void {
    for (const name in fields) {
      const field = fields[name]!;
      const item = value[name];
      if (item === undefined || item === null) continue;
      if (field.rule === "repeated") {
        for (const element of item as unknown[]) this.writeField(writer, field, element);
      } else if (field.rule === "map") {
        for (const [key, element] of Object.entries(item)) this.writeEntry(writer, field, key, element);
      } else this.writeField(writer, field, item);
    }
  }

  private writeEntry(writer: ByteWriter, field: Field, key: string, value: unknown): void {
    const entry = new ByteWriter();
    this.writeField(entry, { number: 1, kind: "string" }, key);
    this.writeField(entry, { number: 2, kind: field.kind, message: field.message }, value);
    writeDelimited(writer, field.number, entry.finish());
  }

  private writeField(writer: ByteWriter, field: Field, value: unknown): void {
    switch (field.kind) {
      case "string": {
        const text = value as string;
        const size = Buffer.byteLength(text);
        writeVarint(writer, field.number * 8 + DELIMITED);
        writeVarint(writer, size);
        writer.utf8(text, size);
        return;
      }
      case "bytes":
        writeDelimited(writer, field.number, value as Uint8Array);
        return;
      case "bool":
        writeVarint(writer, field.number * 8 + VARINT);
        writer.uint8(value ? 1 : 0);
        return;
      case "int":
        writeVarint(writer, field.number * 8 + VARINT);
        writeSigned(writer, value as number | bigint);
        return;
      case "message": {
        writeVarint(writer, field.number * 8 + DELIMITED);
        const start = writer.size;
        this.write(writer, this.fieldsOf(field.message!), value as Decoded);
        writer.insert(start, varint(writer.size - start));
      }
    }
  }
}

function writeDelimited(writer: ByteWriter, number: number, bytes: Uint8Array): void {
  writeVarint(writer, number * 8 + DELIMITED);
  writeVarint(writer, bytes.length);
  writer.bytes(bytes);
}
