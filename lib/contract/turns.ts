/** Lets work on the same key happen one after another, and work on different keys side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** The keys with work under way or waiting. */
  get busy(): readonly string[] {
    return [...this.#last.keys()];
  }

  /** Does `work` when all earlier work on the key is done, however that ended. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    }
  }
}
