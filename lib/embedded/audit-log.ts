import { createHash } from "node:crypto";
import {
  type AuditEntry,
  AuditFilter,
  type Caller,
  canonical,
  type Page,
  PageQuery,
  type PortSpan,
  parse,
} from "../contract";
import type { Database, SqlValue } from "./database";
import { pageUpTo } from "./page";

/** Ports of one address and protocol, which "who had this port" is asked of. */
export interface HeldPorts {
  readonly externalIp: string;
  readonly protocol: string;
  readonly span: PortSpan;
}

/** A change, as it is written down. */
export interface Change {
  readonly by: Caller;
  readonly action: AuditEntry["action"];
  readonly noun: string;
  readonly entity: { readonly id: string; readonly name: string; readonly projectId: string | null };
  readonly revision?: number | undefined;
  readonly changes: AuditEntry["changes"];
  /** External ports that it had before or has now. */
  readonly ports?: readonly HeldPorts[];
  readonly note?: string | undefined;
}

const columns = [
  ...(["at", "action", "noun", "entityId", "entityName", "projectId", "projectName", "revision"] as const),
  ...(["changes", "callerId", "callerName", "address", "requestId", "note"] as const),
];

const insertion = `INSERT INTO audit (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;

/** Filters that are a column with that value. */
const equal = ["projectId", "entityId", "callerId", "requestId"] as const;

/** Who changed what; each entry is written in the transaction of its change, and outlives what was changed. */
export class AuditLog {
  /** @param projectName of a project that is there */
  constructor(
    private readonly database: Database,
    private readonly projectName: (id: string) => string | undefined,
  ) {}

  /** Writes a change down; to be called in the transaction that makes it. */
  record({ by, action, noun, entity, revision, changes, ports = [], note }: Change): void {
    const { projectId } = entity;
    const own = noun === "project" ? entity.name : null;
    const values: Record<(typeof columns)[number], SqlValue> = {
      at: new Date().toISOString(),
      action,
      noun,
      entityId: entity.id,
      entityName: entity.name,
      projectId,
      projectName: (projectId === null ? undefined : this.projectName(projectId)) ?? own,
      revision: revision ?? null,
      changes: JSON.stringify(changes),
      callerId: by.id,
      callerName: by.name,
      address: by.address,
      requestId: by.requestId,
      note: note ?? null,
    };
    this.database.finally(insertion, ...columns.map((column) => values[column]));
    for (const { externalIp, protocol, span } of ports) {
      this.database.finally(
        "INSERT OR IGNORE INTO auditPorts (entryId, externalIp, protocol, first, last) VALUES (last_insert_rowid(), ?, ?, ?, ?)",
        ...[externalIp, protocol, span.first, span.first + span.count - 1],
      );
    }
  }

  /** A page of it, the latest first. */
  list(query: object = {}): Page<AuditEntry> {
    const { limit, cursor, ...filter } = parse(AuditFilter.extend(PageQuery.shape), query);
    const { sql, values } = conditionsOf(filter);
    const terms = [...sql, ...(cursor === undefined ? [] : ["id < ?"])];
    const where = terms.length > 0 ? `WHERE ${terms.join(" AND ")}` : "";
    const rows = this.database.all(
      `SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ?`,
      ...values,
      ...(cursor === undefined ? [] : [Number(cursor) || 0]),
      limit + 1,
    );
    const { items, nextCursor } = pageUpTo(limit, rows, ({ id }) => String(id));
    return { items: items.map(toEntry), nextCursor };
  }

  /** Drops what is older than some days. */
  prune(days: number, now = Date.now()): void {
    const before = new Date(now - days * 24 * 60 * 60 * 1000).toISOString();
    this.database.run("DELETE FROM audit WHERE at < ?", before);
  }
}

/** By field what was and what is, of fields that differ; a row that is not there yet, or no more, is undefined. */
export function differences<Row extends object>(
  before: Partial<Row> | undefined,
  after: Partial<Row> | undefined,
  { hidden, secret }: { readonly hidden: readonly (keyof Row)[]; readonly secret: readonly (keyof Row)[] },
): AuditEntry["changes"] {
  const shown = (field: keyof Row, value: unknown) =>
    secret.includes(field) && value !== null ? "(not kept)" : inBrief(value);
  const changes: Record<string, { from?: unknown; to?: unknown }> = {};
  for (const field of Object.keys({ ...before, ...after }) as (keyof Row & string)[]) {
    if (hidden.includes(field)) continue;
    if (before && after && canonical(before[field]) === canonical(after[field])) continue;
    const change: { from?: unknown; to?: unknown } = {};
    if (before) change.from = shown(field, before[field]);
    if (after) change.to = shown(field, after[field]);
    changes[field] = change;
  }
  return changes;
}

/** An entry of a list that is longer, such as a key, is kept by its ends and what tells it from others. */
const longestEntry = 160;

/** A log that keeps every list of long texts as a whole, at each change of it, is as good as any to fill a disk with. */
function inBrief(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((entry) => {
    if (typeof entry !== "string" || entry.length <= longestEntry) return entry;
    const digest = createHash("sha256").update(entry).digest("base64url");
    return `${entry.slice(0, 40)}...${entry.slice(-40)} (${entry.length} characters, SHA-256 ${digest})`;
  });
}

function conditionsOf(filter: AuditFilter): { sql: string[]; values: SqlValue[] } {
  const sql: string[] = [];
  const values: SqlValue[] = [];
  const term = (text: string, ...given: SqlValue[]) => {
    sql.push(text);
    values.push(...given);
  };
  for (const field of equal) if (filter[field] !== undefined) term(`${field} = ?`, filter[field]);
  if (filter.since !== undefined) term("at >= ?", new Date(filter.since).toISOString());
  if (filter.until !== undefined) term("at <= ?", new Date(filter.until).toISOString());
  const { externalPort, protocol, externalIp } = filter;
  const ports: string[] = [];
  const held: SqlValue[] = [];
  if (externalPort !== undefined) {
    ports.push("first <= ? AND last >= ?");
    held.push(externalPort, externalPort);
  }
  if (protocol !== undefined) {
    ports.push("protocol = ?");
    held.push(protocol);
  }
  if (externalIp !== undefined) {
    ports.push("externalIp = ?");
    held.push(externalIp);
  }
  if (ports.length > 0) term(`id IN (SELECT entryId FROM auditPorts WHERE ${ports.join(" AND ")})`, ...held);
  return { sql, values };
}

function toEntry(row: Record<string, SqlValue>): AuditEntry {
  return { ...row, id: String(row.id), changes: JSON.parse(String(row.changes)) } as AuditEntry;
}
