import { Dynamic } from "./dynamic";
import { type Decimal, parseDecimal } from "./number";
import { fieldsOfObject, type ObjectField } from "./object-fields";
import { type ObjectType, setField, type Type } from "./type";
import { UNKNOWN, Unknown } from "./unknown";

const REFINED_UNKNOWN = 12;
/** Bytes of text up to which building it in JavaScript is faster. */
const SHORT = 24;

/** Reads one value of the given type. The type decides, because Terraform sends numbers in four forms. */
export function readMsgpack(bytes: Uint8Array, type: Type): unknown {
  return new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).value(type);
}

class Reader {
  private offset = 0;

  constructor(private readonly buffer: Buffer) {}

  value(type: Type): unknown {
    const code = this.buffer[this.offset];
    if (code === undefined) throw new Error("The msgpack value is cut off.");
    if (code === 0xc0) {
      this.offset++;
      return null;
    }
    if ((code >= 0xc7 && code <= 0xc9) || (code >= 0xd4 && code <= 0xd8)) return this.unknown();
    if (typeof type !== "string") return this.compound(type);
    if (type === "string") return this.string();
    if (type === "number") return this.number();
    if (type === "bool") return this.byte() === 0xc3;
    return this.dynamic();
  }

  private compound(type: Exclude<Type, string>): unknown {
    switch (type[0]) {
      case "list":
      case "set":
        return this.elements(type[1]);
      case "tuple": {
        this.arrayLength();
        return type[1].map((element) => this.value(element));
      }
      case "map": {
        const result: Record<string, unknown> = {};
        for (let left = this.mapLength(); left > 0; left--)
          setField(result, this.string(), this.value(type[1]));
        return result;
      }
      case "object":
        return this.object(type);
    }
  }

  private elements(type: Type): unknown[] {
    const result: unknown[] = [];
    for (let left = this.arrayLength(); left > 0; left--) result.push(this.value(type));
    return result;
  }

  /** Attributes come in the order of their names: so a look at the next name's bytes says which one it is. */
  private object(type: ObjectType): Record<string, unknown> {
    const fields = fieldsOfObject(type);
    const size = this.mapLength();
    const result: Record<string, unknown> = {};
    let inOrder = size === fields.length;
    for (let index = 0; index < size; index++) {
      const field = fields[index];
      if (field && inOrder && this.isNext(field)) result[field.name] = this.value(field.type);
      else {
        inOrder = false;
        const name = this.string();
        const attribute = type[1][name];
        if (attribute === undefined) throw new Error(`The object has an unexpected attribute "${name}".`);
        result[name] = this.value(attribute);
      }
    }
    if (!inOrder) for (const { name } of fields) result[name] ??= null;
    return result;
  }

  /** Whether an attribute's name comes next; moves past it then. */
  private isNext({ key }: ObjectField): boolean {
    const { buffer, offset } = this;
    const size = this.textSize();
    const start = this.offset;
    if (size === key.length) {
      let at = 0;
      while (at < size && buffer[start + at] === key[at]) at++;
      if (at === size) {
        this.offset = start + size;
        return true;
      }
    }
    this.offset = offset;
    return false;
  }

  private dynamic(): Dynamic {
    this.arrayLength();
    const type = JSON.parse(this.binary().toString("utf8")) as Type;
    return new Dynamic(type, this.value(type));
  }

  private unknown(): Unknown {
    const code = this.byte();
    const size = code >= 0xd4 ? 1 << (code - 0xd4) : this.uint(1 << (code - 0xc7));
    const kind = this.byte();
    const payload = this.take(size);
    return kind === REFINED_UNKNOWN ? new Unknown(payload) : UNKNOWN;
  }

  private number(): Decimal {
    const code = this.byte();
    if (code < 0x80) return code;
    if (code >= 0xe0) return code - 0x100;
    switch (code) {
      case 0xca:
        return this.take(4).readFloatBE();
      case 0xcb:
        return this.take(8).readDoubleBE();
      case 0xcc:
        return this.uint(1);
      case 0xcd:
        return this.uint(2);
      case 0xce:
        return this.uint(4);
      case 0xcf:
        return plain(this.take(8).readBigUInt64BE());
      case 0xd0:
        return this.take(1).readInt8();
      case 0xd1:
        return this.take(2).readInt16BE();
      case 0xd2:
        return this.take(4).readInt32BE();
      case 0xd3:
        return plain(this.take(8).readBigInt64BE());
      default:
        this.offset--;
        return parseDecimal(this.string());
    }
  }

  private string(): string {
    return this.text(this.textSize());
  }

  /** Bytes of the text that follows. */
  private textSize(): number {
    const code = this.byte();
    if (code >= 0xa0 && code < 0xc0) return code & 0x1f;
    if (code >= 0xd9 && code <= 0xdb) return this.uint(1 << (code - 0xd9));
    if (code >= 0xc4 && code <= 0xc6) return this.uint(1 << (code - 0xc4));
    throw unexpected(code, "a string");
  }

  /** Short ASCII text, which is most of it, is built here: it costs less than a call into the decoder. */
  private text(size: number): string {
    const start = this.skip(size);
    if (size <= SHORT) {
      let result = "";
      for (let at = start; at < this.offset; at++) {
        const byte = this.buffer[at]!;
        if (byte > 0x7f) return this.buffer.toString("utf8", start, this.offset);
        result += String.fromCharCode(byte);
      }
      return result;
    }
    return this.buffer.toString("utf8", start, this.offset);
  }

  private binary(): Buffer {
    const code = this.byte();
    if (code >= 0xc4 && code <= 0xc6) return this.take(this.uint(1 << (code - 0xc4)));
    throw unexpected(code, "binary data");
  }

  private arrayLength(): number {
    const code = this.byte();
    if (code >= 0x90 && code < 0xa0) return code & 0x0f;
    if (code === 0xdc || code === 0xdd) return this.uint(code === 0xdc ? 2 : 4);
    throw unexpected(code, "a list");
  }

  private mapLength(): number {
    const code = this.byte();
    if (code >= 0x80 && code < 0x90) return code & 0x0f;
    if (code === 0xde || code === 0xdf) return this.uint(code === 0xde ? 2 : 4);
    throw unexpected(code, "a map");
  }

  private byte(): number {
    const byte = this.buffer[this.offset++];
    if (byte === undefined) throw new Error("The msgpack value is cut off.");
    return byte;
  }

  private uint(size: number): number {
    return this.buffer.readUIntBE(this.skip(size), size);
  }

  private take(size: number): Buffer {
    const start = this.skip(size);
    return this.buffer.subarray(start, this.offset);
  }

  /** Moves past some bytes, and returns where they begin. */
  private skip(size: number): number {
    const start = this.offset;
    this.offset += size;
    if (this.offset > this.buffer.length) throw new Error("The msgpack value is cut off.");
    return start;
  }
}

function plain(value: bigint): number | bigint {
  const rounded = Number(value);
  return Number.isSafeInteger(rounded) ? rounded : value;
}

function unexpected(code: number, wanted: string): Error {
  return new Error(`The msgpack value has the byte 0x${code.toString(16)} in place of ${wanted}.`);
}
