import type { Database } from "./database";
import { Memory } from "./memory";

/** A row that is there is changed in its place, where a REPLACE would make it anew. */
const giveOut =
  "INSERT INTO lastAssigned (resource, value) VALUES (?, ?) ON CONFLICT (resource) DO UPDATE SET value = excluded.value";

/** What was given out last of each resource, so that it is not given out again before all others were. */
export class LastAssigned {
  private readonly memory: Memory<number>;

  constructor(private readonly database: Database) {
    this.memory = new Memory(database);
  }

  /** Undefined where nothing of the resource was ever given out. */
  get(resource: string): number | undefined {
    return this.memory.get(resource, () => {
      const found = this.database.first("SELECT value FROM lastAssigned WHERE resource = ?", resource);
      return found && Number(found.value);
    });
  }

  /** To be called in the transaction that gives it out. */
  set(resource: string, value: number): void {
    this.database.run(giveOut, resource, value);
    this.memory.set(resource, value);
  }
}
