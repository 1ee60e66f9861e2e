import type { ByteWriter } from "./byte-writer";

/** Where a reader stands in its buffer. */
export interface Cursor {
  offset: number;
}

function byteAt(buffer: Buffer, cursor: Cursor): number {
  const byte = buffer[cursor.offset++];
  if (byte === undefined) throw new Error("The protobuf message is cut off inside a number.");
  return byte;
}

/** Tags and lengths: they never reach 2^53. */
export function readVarint(buffer: Buffer, cursor: Cursor): number {
  let byte = byteAt(buffer, cursor);
  let value = byte & 0x7f;
  for (let scale = 0x80; byte & 0x80; scale *= 0x80) {
    byte = byteAt(buffer, cursor);
    value += (byte & 0x7f) * scale;
  }
  return value;
}

/** An int64: a number while that is exact, else a bigint. */
export function readSigned(buffer: Buffer, cursor: Cursor): number | bigint {
  const start = cursor.offset;
  const value = readVarint(buffer, cursor);
  if (cursor.offset - start < 8) return value;
  let exact = 0n;
  for (let index = start; index < cursor.offset; index++) {
    exact |= BigInt(buffer[index]! & 0x7f) << BigInt(7 * (index - start));
  }
  const signed = BigInt.asIntN(64, exact);
  const rounded = Number(signed);
  return Number.isSafeInteger(rounded) ? rounded : signed;
}

/** The bytes of a tag or length. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

export function writeVarint(writer: ByteWriter, value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    writer.uint8((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  writer.uint8(rest);
}

/** Negative numbers travel as their 64-bit two's complement: always ten bytes. */
export function writeSigned(writer: ByteWriter, value: number | bigint): void {
  if (typeof value === "number" && value >= 0 && Number.isSafeInteger(value)) {
    writeVarint(writer, value);
    return;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    writer.uint8(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  writer.uint8(Number(rest));
}
