import { appendFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";

const tailBytes = 2048;
/** What is searched for last words: a runtime may write a long trace of itself behind them. */
const recentBytes = 16 * 1024;

/**
 * The log of one machine: `output.log` in its folder, mode 600, of at most `limit` bytes; what was there
 * before is kept once, as `output.log.1`. Written through the platform rather than by the command itself,
 * since that is the only way to hold the limit at every moment; a command that writes faster than the disk
 * takes it is slowed down.
 */
export class OutputLog extends Writable {
  readonly #file: string;
  readonly #limit: number;
  #size: number | undefined;
  #recent = "";

  constructor(folder: string, limit: number) {
    super();
    this.#file = join(folder, "output.log");
    this.#limit = limit;
    // Two streams of each run are piped here, for as many runs as there are.
    this.setMaxListeners(0);
  }

  /** Forgets the tail, so that the next one shows one run only. */
  beginRun(): void {
    this.#recent = "";
  }

  /** The last lines of the present run, at most 15 and 2 KiB; empty when it wrote nothing. */
  async tail(): Promise<string> {
    return (await this.recent())
      .slice(-tailBytes)
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-15)
      .join("\n");
  }

  /** The last 16 KiB of the present run. */
  async recent(): Promise<string> {
    // Behind all that was written before: output may still wait for its turn.
    await new Promise<void>((resolve) => this.write("", () => resolve()));
    return this.#recent;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#recent = (this.#recent + chunk.subarray(-recentBytes).toString("utf8")).slice(-recentBytes);
    // A full disk must not stop the machine, which it would if nobody read its output any more.
    this.#append(chunk).then(done, done);
  }

  async #append(chunk: Buffer): Promise<void> {
    this.#size ??= await stat(this.#file).then(
      (found) => found.size,
      () => 0,
    );
    const kept = chunk.subarray(-this.#limit);
    if (this.#size + kept.length > this.#limit) {
      await rename(this.#file, `${this.#file}.1`).catch(() => undefined);
      this.#size = 0;
    }
    this.#size += kept.length;
    await appendFile(this.#file, kept, { mode: 0o600 });
  }
}
