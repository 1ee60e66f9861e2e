import { ConnectionError, errorCode } from "./protocol";

/** A client of ours sends a few hundred bytes; without a limit, one could send CONTINUATION for ever. */
const MAX_SIZE = 0x10000;

/** A header block, which may come in several frames. */
export class HeaderBlock {
  private readonly parts: Buffer[];
  private size: number;

  constructor(
    readonly stream: number,
    readonly endStream: boolean,
    first: Buffer,
  ) {
    this.parts = [first];
    this.size = first.length;
  }

  add(part: Buffer): void {
    this.size += part.length;
    if (this.size > MAX_SIZE || part.length === 0) {
      throw new ConnectionError(errorCode.enhanceYourCalm, "A header block does not end.");
    }
    this.parts.push(part);
  }

  bytes(): Buffer {
    return this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
  }
}
