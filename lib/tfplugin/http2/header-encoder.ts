import type { Header } from "./static-table";

/** Written as text, without a number that both ends would have to keep: these blocks are few and short. */
const LITERAL = 0x00;

/** Encodes a header block. No text may be longer than 16,000 bytes in all, so that a block fits into every frame. */
export function encodeHeaders(headers: readonly Header[]): Buffer {
  return Buffer.concat(headers.flatMap(([name, value]) => [Buffer.from([LITERAL]), text(name), text(value)]));
}

function text(value: string): Buffer {
  return Buffer.concat([integer(value.length), Buffer.from(value, "latin1")]);
}

/** A number of which the first seven bits share their byte with one that says "no Huffman code". */
function integer(value: number): Buffer {
  if (value < 0x7f) return Buffer.from([value]);
  const bytes = [0x7f];
  let rest = value - 0x7f;
  for (; rest >= 0x80; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
