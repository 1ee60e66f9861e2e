import type { Database } from "./database";

/** Then all is forgotten, and read again as it is asked for. */
const mostRemembered = 200;

/** Remembers what was read of a database, for as long as it is so: a change asks for the same few things several times. */
export class Memory<V> {
  private readonly values = new Map<string, V>();
  private epoch = -1;

  constructor(private readonly database: Pick<Database, "epoch">) {}

  /** What is remembered; else what is read, and remembered unless it is undefined. */
  get<R extends V | undefined>(key: string, read: () => R): V | R {
    const known = this.valuesOfNow().get(key);
    if (known !== undefined) return known;
    const value = read();
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    const values = this.valuesOfNow();
    if (values.size >= mostRemembered) values.clear();
    values.set(key, value);
  }

  private valuesOfNow(): Map<string, V> {
    const { epoch } = this.database;
    if (epoch !== this.epoch) this.values.clear();
    this.epoch = epoch;
    return this.values;
  }
}
