import type { ForwardPages } from "./forward-book";
import type { ForwardRecord } from "./forward-record";

/**
 * Neutron parts an address from its router with the last forward, but only where that goes alone: of two that go at
 * once each sees the other, and the address stays bound. So the last one of an address waits for those before it.
 */
export class LastRemoval {
  private readonly begun = new Map<string, Promise<void>>();

  /** Runs the request that deletes a forward. */
  async run(
    { records }: ForwardPages,
    { id, floatingIp }: ForwardRecord,
    request: () => Promise<void>,
  ): Promise<void> {
    for (const gone of this.begun.keys()) if (!records.has(gone)) this.begun.delete(gone);
    const others = [...records.values()].filter(
      (other) => other.floatingIp.id === floatingIp.id && other.id !== id,
    );
    const before = others.map((other) => this.begun.get(other.id));
    const removed = before.includes(undefined) ? request() : Promise.allSettled(before).then(request);
    // One that is gone counts as well, for as long as the book has it.
    this.begun.set(id, removed);
    removed.catch(() => this.begun.delete(id));
    await removed;
  }
}
