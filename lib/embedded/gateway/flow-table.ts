import type { Flow } from "./flow";

/** The flows of a UDP route, over all of its ports: how many there may be, and which of them give way. */
export class FlowTable {
  readonly #most: number;
  #size = 0;
  /**
   * Flows that were not seen to converse, oldest first: no answer yet, or no datagram of the client after it.
   * Whoever forges source addresses makes only such flows, so they alone give way when the table is full, and
   * conversations that go on are never pushed out by newcomers.
   */
  #fresh: Set<Flow> | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** Makes room for another flow; false when it is full of conversations. */
  makeRoom(): boolean {
    if (this.#size < this.#most) return true;
    for (const oldest of this.#fresh ?? []) {
      oldest.drop();
      return true;
    }
    return false;
  }

  add(flow: Flow): void {
    this.#size++;
    this.#fresh ??= new Set();
    this.#fresh.add(flow);
  }

  /** The client has written after an answer: from now on the flow keeps its place. */
  converses(flow: Flow): void {
    this.#fresh?.delete(flow);
  }

  remove(flow: Flow): void {
    this.#size--;
    this.#fresh?.delete(flow);
  }
}
