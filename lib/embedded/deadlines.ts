/** At most this long between two looks at the clock, which may have been set in between. */
const longestPauseMs = 1_000;

/** Whether a deadline has passed; one that cannot be read has. */
export function hasPassed(deadline: string | null, now = Date.now()): boolean {
  return deadline !== null && !(Date.parse(deadline) > now);
}

/**
 * Tells when a deadline passes, or when the clock was set back to before it. The wall clock is asked again and
 * again: a single long timer would know nothing of a clock that is set or of a machine that slept.
 */
export class Deadlines {
  private readonly watched = new Map<string, { readonly at: number; passed: boolean }>();
  private timer: NodeJS.Timeout | undefined;
  private nextLook = Number.POSITIVE_INFINITY;

  constructor(private readonly turned: (id: string) => void) {}

  /** Watches the deadline of an id, instead of what it had before; null is none. */
  watch(id: string, deadline: string | null): void {
    if (deadline === null) {
      this.watched.delete(id);
      return;
    }
    const at = Date.parse(deadline);
    this.watched.set(id, { at, passed: hasPassed(deadline) });
    this.lookWithin(at - Date.now());
  }

  stop(): void {
    clearTimeout(this.timer);
    this.watched.clear();
  }

  private look(): void {
    this.nextLook = Number.POSITIVE_INFINITY;
    const now = Date.now();
    let pause = longestPauseMs;
    for (const [id, entry] of this.watched) {
      const passed = !(entry.at > now);
      if (!passed) pause = Math.min(pause, entry.at - now);
      if (passed === entry.passed) continue;
      entry.passed = passed;
      this.turned(id);
    }
    if (this.watched.size > 0) this.lookWithin(pause);
  }

  private lookWithin(ms: number): void {
    const pause = ms > 0 ? Math.min(ms, longestPauseMs) : longestPauseMs;
    const due = performance.now() + pause;
    if (due >= this.nextLook) return;
    clearTimeout(this.timer);
    this.nextLook = due;
    this.timer = setTimeout(() => this.look(), pause).unref();
  }
}
