/** Most messages fit. */
const FIRST_SIZE = 1024;
/** Bytes up to which copying in JavaScript is faster. */
const SHORT = 32;

/** A growing byte buffer. Both encoders (protobuf, msgpack) write through it, so neither concatenates. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(FIRST_SIZE);
  private length = 0;

  /** Makes room for `count` bytes, and returns the offset to write them at. */
  private claim(count: number): number {
    const offset = this.length;
    this.length += count;
    if (this.length > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length));
      this.buffer.copy(grown, 0, 0, offset);
      this.buffer = grown;
    }
    return offset;
  }

  uint8(value: number): this {
    const offset = this.claim(1);
    this.buffer[offset] = value;
    return this;
  }

  uint16(value: number): this {
    const offset = this.claim(2);
    this.buffer.writeUInt16BE(value, offset);
    return this;
  }

  uint32(value: number): this {
    const offset = this.claim(4);
    this.buffer.writeUInt32BE(value, offset);
    return this;
  }

  int32(value: number): this {
    const offset = this.claim(4);
    this.buffer.writeInt32BE(value, offset);
    return this;
  }

  int64(value: bigint): this {
    const offset = this.claim(8);
    this.buffer.writeBigInt64BE(value, offset);
    return this;
  }

  float64(value: number): this {
    const offset = this.claim(8);
    this.buffer.writeDoubleBE(value, offset);
    return this;
  }

  bytes(value: Uint8Array): this {
    const offset = this.claim(value.length);
    const { buffer } = this;
    if (value.length > SHORT) buffer.set(value, offset);
    else for (let index = 0; index < value.length; index++) buffer[offset + index] = value[index]!;
    return this;
  }

  /** Text of ASCII characters only, one byte each. Returns whether it was that; if not, nothing is written. */
  ascii(value: string): boolean {
    const offset = this.claim(value.length);
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        this.length = offset;
        return false;
      }
      this.buffer[offset + index] = code;
    }
    return true;
  }

  /** `size` is `Buffer.byteLength(value)`: callers need it first, for the length prefix. */
  utf8(value: string, size: number): this {
    const offset = this.claim(size);
    this.buffer.write(value, offset, size, "utf8");
    return this;
  }

  /** How many bytes were written so far. */
  get size(): number {
    return this.length;
  }

  /** Writes bytes in front of others: a length is known only when what it is the length of has been written. */
  insert(at: number, value: ArrayLike<number>): void {
    const end = this.claim(value.length);
    this.buffer.copyWithin(at + value.length, at, end);
    this.buffer.set(value, at);
  }

  /** Takes back the last bytes. */
  back(count: number): void {
    this.length -= count;
  }

  /** What was written so far. A view, not a copy: do not write afterwards. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
}
