import { decodeHuffman } from "./huffman";
import { ConnectionError, errorCode } from "./protocol";
import { type Header, staticTable } from "./static-table";

/** The memory for fields by number that every client may count on. Ours is that, and never more. */
const TABLE_SIZE = 4096;
/** What each field of the table counts for beyond its text. */
const FIELD_OVERHEAD = 32;
/** A client of ours sends a few hundred bytes. */
const MAX_DECODED = 0x10000;

/** Decodes the header blocks of one connection (HPACK, RFC 7541), in the order in which they came. */
export class HeaderDecoder {
  /** Fields that the client numbered, the oldest first. */
  private readonly table: Header[] = [];
  private size = 0;
  private limit = TABLE_SIZE;

  /** @throws ConnectionError: the tables of the two ends do not agree any more */
  decode(block: Buffer): Header[] {
    const reader = new BlockReader(block);
    const headers: Header[] = [];
    let decoded = 0;
    while (!reader.done) {
      const first = reader.peek();
      if (first >= 0x20 && first < 0x40) {
        if (headers.length > 0) throw wrong("changes the table's size behind a field");
        this.resize(reader.integer(5));
        continue;
      }
      const header = this.field(first, reader);
      decoded += header[0].length + header[1].length + FIELD_OVERHEAD;
      if (decoded > MAX_DECODED) {
        throw new ConnectionError(errorCode.enhanceYourCalm, "A request has too many headers.");
      }
      headers.push(header);
    }
    return headers;
  }

  private field(first: number, reader: BlockReader): Header {
    if (first >= 0x80) return this.numbered(reader.integer(7));
    const kept = first >= 0x40;
    const number = reader.integer(kept ? 6 : 4);
    const name = number === 0 ? reader.text() : this.numbered(number)[0];
    const header: Header = [name, reader.text()];
    if (kept) this.keep(header);
    return header;
  }

  private numbered(number: number): Header {
    const header =
      number <= staticTable.length
        ? staticTable[number - 1]
        : this.table[this.table.length - (number - staticTable.length)];
    if (!header) throw wrong(`names a field ${number}, which there is not`);
    return header;
  }

  private keep(header: Header): void {
    const size = sizeOf(header);
    this.shrinkTo(this.limit - size);
    // One that is larger than the table empties it, and is not kept.
    if (size > this.limit) return;
    this.table.push(header);
    this.size += size;
  }

  private resize(limit: number): void {
    if (limit > TABLE_SIZE) throw wrong("wants a larger table than agreed");
    this.limit = limit;
    this.shrinkTo(limit);
  }

  private shrinkTo(size: number): void {
    while (this.size > size && this.table.length > 0) this.size -= sizeOf(this.table.shift()!);
  }
}

const sizeOf = ([name, value]: Header) => name.length + value.length + FIELD_OVERHEAD;

const wrong = (what: string) => new ConnectionError(errorCode.compression, `A header block ${what}.`);

/** Reads the parts of one header block. */
class BlockReader {
  private offset = 0;

  constructor(private readonly block: Buffer) {}

  get done(): boolean {
    return this.offset >= this.block.length;
  }

  peek(): number {
    const byte = this.block[this.offset];
    if (byte === undefined) throw wrong("is cut off");
    return byte;
  }

  /** A number that begins in the low bits of a byte. */
  integer(bits: number): number {
    const most = (1 << bits) - 1;
    let value = this.peek() & most;
    this.offset++;
    if (value < most) return value;
    for (let shift = 0; ; shift += 7) {
      // 2^28 is more than any number here can mean.
      if (shift > 21) throw wrong("has a number that is too large");
      const byte = this.peek();
      this.offset++;
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const huffman = this.peek() >= 0x80;
    const length = this.integer(7);
    const end = this.offset + length;
    if (end > this.block.length) throw wrong("is cut off");
    const bytes = this.block.subarray(this.offset, end);
    this.offset = end;
    return huffman ? decodeHuffman(bytes) : bytes.toString("latin1");
  }
}
