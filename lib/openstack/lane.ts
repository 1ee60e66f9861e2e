/**
 * Lets a few pieces of work happen at a time, and the others wait. A Neutron of the usual size has 55 connections to its
 * database: of a hundred changes at once it answers some with an internal server error, and none any faster.
 */
export class Lane {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(width: number) {
    this.free = width;
  }

  /** Does `work` when its turn has come. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }
}
