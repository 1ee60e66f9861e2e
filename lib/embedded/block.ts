import { Block, blockText, type Page, PageQuery, parse, targetBlocked } from "../contract";
import type { Database, SqlValue } from "./database";
import { Memory } from "./memory";
import { pageUpTo } from "./page";
import type { PortForwardRow, Store } from "./store";

type Target = Pick<PortForwardRow, "protocol" | "internalPort" | "portCount"> & {
  readonly id?: string;
  readonly instanceId: string;
};

const columns = Object.keys(Block.shape) as (keyof Block)[];

/** What administrators have closed. */
export class Blocks {
  private readonly memory: Memory<boolean>;

  constructor(private readonly database: Database) {
    this.memory = new Memory(database);
  }

  get(forwardId: string): Block | undefined {
    if (this.none) return undefined;
    return this.database.first("SELECT * FROM blocks WHERE forwardId = ?", forwardId) as Block | undefined;
  }

  /** What the owner of a blocked forward reads; undefined where it is not blocked. */
  reason(forwardId: string): string | undefined {
    const block = this.get(forwardId);
    return block && blockText(block);
  }

  list(query: object = {}): Page<Block> {
    const { limit, cursor = "" } = parse(PageQuery, query);
    const rows = this.database.all(
      "SELECT * FROM blocks WHERE forwardId > ? ORDER BY forwardId LIMIT ?",
      ...[cursor, limit + 1],
    ) as unknown as Block[];
    return pageUpTo(limit, rows, ({ forwardId }) => forwardId);
  }

  put(block: Block): void {
    this.memory.set("none", false);
    this.database.run(
      `INSERT OR REPLACE INTO blocks (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
      ...columns.map((column): SqlValue => block[column]),
    );
  }

  /** Its forward goes: where what it led to is gone already, what it leads to now stays closed in its place. */
  follow({ id, instanceId, protocol, internalPort, portCount }: PortForwardRow): void {
    if (this.none) return;
    this.database.run(
      "UPDATE blocks SET instanceId = ?, protocol = ?, internalPort = ?, portCount = ? WHERE forwardId = ?" +
        " AND (instanceId IS NULL OR instanceId NOT IN (SELECT id FROM instances))",
      ...[instanceId, protocol, internalPort, portCount, id],
    );
  }

  remove(forwardId: string): void {
    this.database.run("DELETE FROM blocks WHERE forwardId = ?", forwardId);
  }

  /**
   * Refuses a forward to ports that are blocked for everybody but the forward that the block is of: that one stays
   * closed by itself.
   * @throws PlatformError `blocked`
   */
  guardTarget(
    { instances }: Store,
    { id = "", instanceId, protocol, internalPort, portCount }: Target,
  ): void {
    if (this.none) return;
    const block = this.database.first(
      "SELECT * FROM blocks WHERE instanceId = ? AND protocol = ? AND forwardId <> ?" +
        " AND internalPort < ? AND internalPort + portCount > ? ORDER BY internalPort LIMIT 1",
      ...[instanceId, protocol, id, internalPort + portCount, internalPort],
    ) as Block | undefined;
    if (block) throw targetBlocked(block, instances.get(instanceId)!.name);
  }

  /** So it is nearly always, and every change of a forward asks. */
  private get none(): boolean {
    return this.memory.get("none", () => !this.database.first("SELECT 1 FROM blocks LIMIT 1"));
  }

  /** Drops what closes nothing any more: neither its forward nor its instance is there. To be called when one went. */
  tidy(): void {
    if (this.none) return;
    this.database.run(
      "DELETE FROM blocks WHERE forwardId NOT IN (SELECT id FROM portForwards)" +
        " AND (instanceId IS NULL OR instanceId NOT IN (SELECT id FROM instances))",
    );
  }
}
