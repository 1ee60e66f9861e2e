/** How much one caller may ask for. */
export interface RateLimit {
  /** Requests in a second, for as long as one likes. */
  readonly perSecond: number;
  /** Requests at once, after a pause. */
  readonly burst: number;
}

/** More than an apply of a thousand forwards sends; less than keeps a platform from everybody else's. */
export const defaultRateLimit: RateLimit = { perSecond: 1_000, burst: 5_000 };

interface Bucket {
  /** Requests that may be made now. */
  left: number;
  /** Milliseconds of the clock when that was so. */
  at: number;
}

/** Buckets that are kept before those are dropped that have nothing to remember. */
const manyBuckets = 1_000;

/** Counts requests by caller; each has a bucket of its own, which fills up again with time. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly limit: RateLimit,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Counts a request; 0 lets it pass, else it is how many seconds to wait. */
  take(caller: string): number {
    const now = this.clock();
    const known = this.buckets.get(caller);
    const left = known ? this.leftOf(known, now) : this.limit.burst;
    if (!known && this.buckets.size >= manyBuckets) this.dropFull(now);
    if (left < 1) return (1 - left) / this.limit.perSecond;
    this.buckets.set(caller, { left: left - 1, at: now });
    return 0;
  }

  private leftOf({ left, at }: Bucket, now: number): number {
    return Math.min(this.limit.burst, left + ((now - at) / 1000) * this.limit.perSecond);
  }

  private dropFull(now: number): void {
    for (const [caller, bucket] of this.buckets) {
      if (this.leftOf(bucket, now) >= this.limit.burst) this.buckets.delete(caller);
    }
  }
}
