import type { AuditEntry, Caller } from "../contract";
import { type AuditLog, differences, type HeldPorts } from "./audit-log";
import type { Database } from "./database";
import { type Column, Rows, Table } from "./table";

/** What the audit log says of a table's rows. */
export interface Audited<Row> {
  /** What a row is. */
  readonly noun: string;
  /** What people call it. */
  nameOf(row: Row): string;
  /** The project that it belongs to. */
  projectOf(row: Row): string | null;
  /** External ports that it holds. */
  portsOf?(row: Row): HeldPorts;
  /** Fields that change with every change, or never, or are no concern of people. */
  readonly hidden: readonly (keyof Row)[];
  /** Fields whose values are not written down. */
  readonly secret: readonly (keyof Row)[];
}

/** What else there is to say of a change. */
export interface About {
  /** What it is, where that is not just what happens to the row. */
  readonly action?: AuditEntry["action"];
  /** What has changed besides the row. */
  readonly besides?: AuditEntry["changes"];
  /** Why, where it is not what somebody has asked for. */
  readonly note?: string;
}

/** A table whose every change says on whose behalf it is made, and is in the audit log with it, or not made. */
export class AuditedTable<Row extends { id: string; revision: number }> extends Rows<Row> {
  private readonly table: Table<Row>;

  constructor(
    database: Database,
    name: string,
    columns: { readonly [F in keyof Row]: Column<Row[F]> },
    private readonly audit: AuditLog,
    private readonly audited: Audited<Row>,
  ) {
    super(database, name, columns);
    this.table = new Table(database, name, columns);
  }

  insert(row: Row, by: Caller): void {
    this.database.transaction(() => {
      this.table.insert(row);
      this.remember(this.stored(row));
      this.record("create", undefined, row, by, {});
    });
  }

  update(id: string, changes: Partial<Row>, by: Caller, about: About = {}): void {
    this.database.transaction(() => {
      const before = this.get(id);
      if (!before) return;
      this.table.update(id, changes);
      this.record("update", before, { ...before, ...changes }, by, about);
    });
  }

  delete(id: string, by: Caller, about: About = {}): void {
    this.database.transaction(() => {
      const before = this.get(id);
      if (!before) return;
      this.table.delete(id);
      this.record("delete", before, undefined, by, about);
    });
  }

  private record(
    action: "create" | "update" | "delete",
    before: Row | undefined,
    after: Row | undefined,
    by: Caller,
    { action: named = action, besides = {}, note }: About,
  ): void {
    const { noun, nameOf, projectOf, portsOf } = this.audited;
    const row = (after ?? before)!;
    const both = [before, after].filter((one) => one !== undefined);
    this.audit.record({
      by,
      action: named,
      noun,
      entity: { id: row.id, name: nameOf(row), projectId: projectOf(row) },
      revision: row.revision,
      changes: { ...differences(before, after, this.audited), ...besides },
      ports: portsOf ? both.map(portsOf) : [],
      note,
    });
  }
}
