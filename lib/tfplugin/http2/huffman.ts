import { ConnectionError, errorCode } from "./protocol";

/**
 * How many bits HPACK's Huffman code gives to each byte and, last, to the end of a text (RFC 7541, appendix B), a
 * digit of base 32 each. The code is canonical: codes of one length count up in the order of their bytes, and go on
 * doubled in the next length. So the lengths say all.
 */
const LENGTHS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca" +
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq" +
  "u";
const END = 256;
const LONGEST = 30;

/** The bytes whose codes have a length, and the first of these codes. */
interface CodesOfLength {
  readonly first: number;
  readonly bytes: readonly number[];
}

const byLength: readonly CodesOfLength[] = codes();

function codes(): CodesOfLength[] {
  const result: CodesOfLength[] = [];
  let first = 0;
  for (let length = 0; length <= LONGEST; length++) {
    const bytes = [...LENGTHS].flatMap((digit, byte) =>
      Number.parseInt(digit, 32) === length ? [byte] : [],
    );
    result.push({ first, bytes });
    first = (first + bytes.length) * 2;
  }
  return result;
}

/** A text that was written in HPACK's Huffman code. Rare: a client sends each text once and its number from then on. */
export function decodeHuffman(encoded: Buffer): string {
  let text = "";
  let code = 0;
  let length = 0;
  for (const byte of encoded) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      length++;
      const { first, bytes } = byLength[length]!;
      const found = bytes[code - first];
      if (found === undefined) continue;
      if (found === END) throw wrong();
      text += String.fromCharCode(found);
      code = 0;
      length = 0;
    }
  }
  // The last byte is filled up with the beginning of the end's code, which is all ones.
  if (length > 7 || code !== 2 ** length - 1) throw wrong();
  return text;
}

const wrong = () => new ConnectionError(errorCode.compression, "A header's text is not in Huffman code.");
