import { type FileHandle, open, stat } from "node:fs/promises";
import { hostText } from "../contract";
import type { Logger } from "../log";
import type { ConnectionEnd } from "./gateway";

/** Bytes that may wait to be written; a disk that is slower than that loses lines, and never holds up packets. */
const mostWaiting = 4 << 20;

const writeEveryMs = 200;

/** One line for each connection that is over or was turned away. */
export interface ConnectionLog {
  /** Takes a connection; it is written a moment later. */
  add(end: ConnectionEnd): void;
  /** Writes what waits, and closes the file. */
  close(): Promise<void>;
}

/**
 * Opens a connection log, for appending and for this user alone. A file that is renamed or removed is made anew within
 * a fifth of a second after the next line, so that it can be rotated without a signal. Where it cannot be written, lines
 * are dropped; how many is in the next line that can be.
 * @throws Error of the system when the file cannot be opened
 */
export async function openConnectionLog(path: string, log: Logger): Promise<ConnectionLog> {
  const writer = new Writer(path, await openFile(path), log);
  return { add: (end) => writer.add(lineOf(end)), close: () => writer.close() };
}

/** A line as JSON, with the names of fields that the documentation explains. */
export function lineOf(end: ConnectionEnd): string {
  const { id, protocol, client, target, bytesIn, bytesOut, startedAt, durationMs, reason } = end;
  const at = ({ host, port }: { host: string; port: number }) => `${hostText(host)}:${port}`;
  return JSON.stringify({
    time: new Date(startedAt + durationMs).toISOString(),
    forward: id,
    protocol,
    client: client ? at(client) : null,
    instance: at(target),
    bytesIn,
    bytesOut,
    durationMs,
    reason,
  });
}

const openFile = (path: string): Promise<FileHandle> => open(path, "a", 0o600);

class Writer {
  private waiting: string[] = [];
  private bytes = 0;
  private dropped = 0;
  private isFailing = false;
  private timer: NodeJS.Timeout | undefined;
  private writing = Promise.resolve();

  constructor(
    private readonly path: string,
    private file: FileHandle | undefined,
    private readonly log: Logger,
  ) {}

  add(line: string): void {
    if (this.bytes > mostWaiting) {
      this.dropped++;
      return;
    }
    this.waiting.push(line);
    this.bytes += line.length + 1;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, writeEveryMs).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.flush();
    await this.writing;
    await this.file?.close();
  }

  private flush(): void {
    this.writing = this.writing.then(() => this.write());
  }

  private async write(): Promise<void> {
    if (this.waiting.length === 0) return;
    const lines = this.waiting;
    const { dropped } = this;
    if (dropped > 0) lines.push(JSON.stringify({ time: new Date().toISOString(), dropped }));
    [this.waiting, this.bytes, this.dropped] = [[], 0, 0];
    try {
      await this.reopenIfMoved();
      await this.file!.appendFile(`${lines.join("\n")}\n`);
      if (this.isFailing) this.log.info("connections are logged again", { file: this.path });
      this.isFailing = false;
    } catch (error) {
      this.dropped += lines.length + dropped - (dropped > 0 ? 1 : 0);
      if (!this.isFailing) this.log.warn(`connections cannot be logged: ${error}`, { file: this.path });
      this.isFailing = true;
    }
  }

  private async reopenIfMoved(): Promise<void> {
    const [own, there] = await Promise.all([this.file?.stat(), stat(this.path).catch(() => undefined)]);
    if (own && own.ino === there?.ino && own.dev === there.dev) return;
    const moved = this.file;
    this.file = undefined;
    await moved?.close();
    this.file = await openFile(this.path);
  }
}
