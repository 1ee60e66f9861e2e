import { once } from "node:events";

/** How long others wait for who goes ahead: it only saves them time. */
const mostMs = 2_000;

/** Something that others let go ahead, however it ends. */
export class Vanguard {
  private isOver = false;
  private readonly over: Promise<void>;

  constructor(work: Promise<unknown>) {
    const over = () => {
      this.isOver = true;
    };
    this.over = work.then(over, over);
  }

  /** Resolves when it is over, when it has taken too long, or when the signal aborts. */
  async within(signal: AbortSignal | undefined): Promise<void> {
    if (this.isOver || signal?.aborted) return;
    const done = new AbortController();
    const enough = AbortSignal.any([AbortSignal.timeout(mostMs), ...(signal ? [signal] : [])]);
    const aborted = once(enough, "abort", { signal: done.signal }).catch(() => {});
    await Promise.race([this.over, aborted]);
    done.abort();
  }
}
