/**
 * The few pieces of DER (the encoding of X.509) that one certificate needs: tag, length, content.
 */
function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** Lengths below 128 are one byte; longer ones are preceded by the number of their bytes. */
function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  return Buffer.from([0x82, length >> 8, length & 0xff]);
}

/** Up to 2049 a certificate's time is a UTCTime with two digits of the year, later a GeneralizedTime with four. */
function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2)))
    : tagged(0x18, Buffer.from(digits));
}

export const der = {
  sequence: (...parts: readonly Uint8Array[]) => tagged(0x30, ...parts),
  set: (...parts: readonly Uint8Array[]) => tagged(0x31, ...parts),
  /** A positive integer, from big-endian bytes whose first is neither zero nor above 0x7f. */
  integer: (bytes: Uint8Array) => tagged(0x02, bytes),
  /** The identifier in hexadecimal, already encoded. */
  oid: (hex: string) => tagged(0x06, Buffer.from(hex, "hex")),
  utf8: (text: string) => tagged(0x0c, Buffer.from(text)),
  octets: (bytes: Uint8Array) => tagged(0x04, bytes),
  bits: (bytes: Uint8Array, unusedBits = 0) => tagged(0x03, Buffer.from([unusedBits]), bytes),
  true: () => Buffer.from([0x01, 0x01, 0xff]),
  /** A part that is told from its siblings by a number. */
  context: (number: number, ...parts: readonly Uint8Array[]) => tagged(0xa0 | number, ...parts),
  /** The same for a part that is a string and holds no others. */
  contextText: (number: number, text: string) => tagged(0x80 | number, Buffer.from(text)),
  time,
};
