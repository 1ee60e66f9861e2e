import type { Connection } from "./sqlite";
import { storageFault, transactionLost } from "./storage-fault";

/** A change that is made, and whose caller waits until it is on the disk. */
interface Waiting {
  committed(): void;
  failed(error: unknown): void;
}

/** As long as a turn of the event loop brings further changes, they go along; but nobody waits for others longer than this. */
const longestWaitMs = 20;

/**
 * Commits together what is changed at about the same time: the disk takes as long to keep one change as fifty. Each
 * change is all or nothing by itself, one that fails takes back no other, and nobody hears of theirs before it is kept.
 */
export class GroupCommit {
  /** Changes of the transaction that is open. */
  private group: Waiting[] | undefined;
  private within = false;
  /** What is done when all changes are made, before they are committed. */
  private rest: (() => void)[] = [];
  /** Whether `guard` was asked for the transaction that is open. */
  private guarded = false;

  /** @param undone hears when something was taken back */
  constructor(
    private readonly connection: Connection,
    private readonly undone: () => void,
  ) {}

  /** Whether the statements of now are part of a change. */
  get isWithin(): boolean {
    return this.within;
  }

  /**
   * Makes a change at once; resolves when it is on the disk.
   * @param guard asks the disk whether to refuse it; once for all that is committed together, which fills it only then
   * @throws what the change or the guard throws; PlatformError `storage_unavailable` when it cannot be written
   */
  add<T>(change: () => T, guard?: () => void): Promise<T> {
    return new Promise((resolve, reject) => {
      // A disk that was full for somebody else's statement has ended the transaction of all.
      if (this.group && !this.connection.inTransaction) this.flush();
      if (guard && !this.guarded) guard();
      if (!this.group) this.begin();
      this.guarded ||= guard !== undefined;
      const result = this.separately(change);
      this.group!.push({ committed: () => resolve(result), failed: reject });
    });
  }

  /** Makes a change as a part of the transaction that is open: all of it or nothing, and nothing else with it. */
  separately<T>(change: () => T): T {
    const { length } = this.rest;
    this.connection.exec("SAVEPOINT change");
    this.within = true;
    try {
      const result = change();
      this.connection.exec("RELEASE change");
      return result;
    } catch (error) {
      const fault = storageFault(error);
      this.rest.length = length;
      // A disk that is full has ended the whole transaction already.
      if (this.connection.inTransaction) this.connection.exec("ROLLBACK TO change; RELEASE change");
      else this.end((waiting) => waiting.failed(fault));
      this.undone();
      throw fault;
    } finally {
      this.within = false;
    }
  }

  /** Does something at the end of the transaction that is open, unless the change of now is taken back. */
  finally(work: () => void): void {
    this.rest.push(work);
  }

  /** Does what was left to the end of the transaction that is open. */
  finish(): void {
    const { rest } = this;
    this.rest = [];
    for (const work of rest) work();
  }

  /** For when the transaction was taken back. */
  forgetRest(): void {
    this.rest = [];
  }

  /** Commits what waits, now; what cannot be done of its end, or be committed, fails all of it. */
  flush(): void {
    if (!this.group) return;
    try {
      if (!this.connection.inTransaction) throw transactionLost();
      this.finish();
      this.connection.exec("COMMIT");
    } catch (error) {
      if (this.connection.inTransaction) this.connection.exec("ROLLBACK");
      this.undone();
      const fault = storageFault(error);
      this.end((waiting) => waiting.failed(fault));
      return;
    }
    this.end((waiting) => waiting.committed());
  }

  /** @throws PlatformError `storage_unavailable` */
  private begin(): void {
    try {
      this.connection.exec("BEGIN IMMEDIATE");
    } catch (error) {
      throw storageFault(error);
    }
    this.group = [];
    this.flushWhenQuiet(this.group, performance.now() + longestWaitMs);
  }

  /** Commits a group behind everything that has arrived by now, and what arrives while that is dealt with. */
  private flushWhenQuiet(group: readonly Waiting[], deadline: number): void {
    const { length } = group;
    setImmediate(() => {
      if (this.group !== group) return;
      if (group.length > length && performance.now() < deadline) this.flushWhenQuiet(group, deadline);
      else this.flush();
    });
  }

  private end(tell: (waiting: Waiting) => void): void {
    const { group = [] } = this;
    this.group = undefined;
    this.guarded = false;
    this.forgetRest();
    for (const waiting of group) tell(waiting);
  }
}
