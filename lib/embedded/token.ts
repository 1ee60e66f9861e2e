import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import {
  type AccessToken,
  AccessTokenCreate,
  type Administration,
  administrator,
  type Caller,
  guardRole,
  guardWholePlatform,
  type IssuedToken,
  type Page,
  PageQuery,
  PlatformError,
  parse,
  required,
} from "../contract";
import type { AuditLog } from "./audit-log";
import type { Database } from "./database";
import { hasPassed } from "./deadlines";
import { newId } from "./identifier";
import { pageUpTo } from "./page";
import { column, Table } from "./table";

const noun = "token";
/** So that a scanner for secrets knows one when it sees one. */
const prefix = "fairlead";
const shape = new RegExp(`^${prefix}_(tok-[0-9a-z]+)_([\\w-]{43})$`);

type TokenRow = AccessToken & { readonly hash: string };

/** The tokens of a platform: only their hashes are kept, and when each was last used. */
export class Tokens {
  private readonly table: Table<TokenRow>;
  /** Uses that are not written down yet: a request reads, it should not write. */
  private readonly used = new Map<string, string>();

  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {
    const { text, nullableText, word } = column;
    this.table = new Table(database, "tokens", {
      id: text,
      name: text,
      projectId: nullableText,
      role: word<AccessToken["role"]>(),
      hash: text,
      createdAt: text,
      expiresAt: nullableText,
      lastUsedAt: nullableText,
    });
  }

  /**
   * Whose a token is; undefined where nobody's.
   * @throws PlatformError `unauthenticated` where its time is over
   */
  callerOf(token: string): Pick<Caller, "id" | "name" | "role" | "projectId"> | undefined {
    const [, id = "", secret = ""] = shape.exec(token) ?? [];
    const row = this.table.get(id);
    // Compared also where there is none, so that the time it takes tells nothing.
    const known = Buffer.from(row?.hash ?? digestOf(""), "hex");
    if (!timingSafeEqual(Buffer.from(digestOf(secret), "hex"), known) || !row) return undefined;
    if (hasPassed(row.expiresAt)) {
      throw new PlatformError("unauthenticated", `The token ${row.name} has expired: ${row.expiresAt}.`);
    }
    this.used.set(id, new Date().toISOString());
    const { name, role, projectId } = row;
    return { id, name, role, projectId };
  }

  /** What administrators do with tokens. */
  readonly administration: Administration["tokens"] = {
    list: async (query = {}, { caller = administrator } = {}) => this.list(query, caller),
    create: async (input, { caller = administrator } = {}) => this.create(input, caller),
    delete: async (id, { caller = administrator } = {}) => this.delete(id, caller),
  };

  private list(query: object, caller: Caller): Page<AccessToken> {
    guardRole(caller, "admin", "list tokens");
    const { limit, cursor, projectId } = parse(TokenQuery, query);
    if (projectId !== undefined && !sees(caller, projectId)) return { items: [], nextCursor: null };
    const only = caller.projectId ?? projectId;
    const where = only === undefined ? {} : { projectId: only };
    const rows = this.table.select({ where, after: cursor, limit: limit + 1 });
    const { items, nextCursor } = pageUpTo(limit, rows, ({ id }) => id);
    return { items: items.map((row) => this.shown(row)), nextCursor };
  }

  private async create(input: AccessTokenCreate, caller: Caller): Promise<IssuedToken> {
    guardRole(caller, "admin", "make tokens");
    const body = parse(AccessTokenCreate, input);
    if (body.projectId === null) guardWholePlatform(caller, "make a token of the whole platform");
    if (hasPassed(body.expiresAt)) {
      throw new PlatformError(
        "invalid_argument",
        `expiresAt is ${body.expiresAt}, but a token stops working in the future.`,
        { field: "/expiresAt" },
      );
    }
    this.guardOutlived(body.expiresAt, caller);
    const secret = randomBytes(32).toString("base64url");
    const row: TokenRow = {
      id: newId("tok"),
      ...body,
      hash: digestOf(secret),
      createdAt: new Date().toISOString(),
      lastUsedAt: null,
    };
    await this.database.kept(() => {
      if (body.projectId !== null) {
        const known = this.database.first("SELECT id FROM projects WHERE id = ?", body.projectId);
        const seen = sees(caller, body.projectId) ? known : undefined;
        required(seen, "project", body.projectId, "/projectId");
      }
      this.table.insert(row);
      this.record("create", row, caller, {
        role: { to: row.role },
        expiresAt: { to: row.expiresAt },
      });
    });
    return { ...this.shown(row), token: `${prefix}_${row.id}_${secret}` };
  }

  /** Who has been let in until tomorrow does not stay for ever by a token of his own making. */
  private guardOutlived(expiresAt: string | null, { id, name }: Caller): void {
    const end = this.table.get(id)?.expiresAt ?? null;
    if (end === null || (expiresAt !== null && Date.parse(expiresAt) <= Date.parse(end))) return;
    throw new PlatformError(
      "invalid_argument",
      `expiresAt is ${expiresAt ?? "null, so never"}, but the token ${name}, which makes it, stops working at ${end}: no later than that.`,
      { field: "/expiresAt" },
    );
  }

  private async delete(id: string, caller: Caller): Promise<void> {
    guardRole(caller, "admin", "revoke tokens");
    await this.database.kept(() => {
      const row = this.table.get(id);
      if (!row || !sees(caller, row.projectId))
        throw new PlatformError("not_found", `There is no token ${id}.`);
      this.table.delete(id);
      this.record("delete", row, caller, { role: { from: row.role }, expiresAt: { from: row.expiresAt } });
    });
    this.used.delete(id);
  }

  private record(
    action: "create" | "delete",
    { id, name, projectId }: TokenRow,
    by: Caller,
    changes: Parameters<AuditLog["record"]>[0]["changes"],
  ): void {
    this.audit.record({ by, action, noun, entity: { id, name, projectId }, changes });
  }

  private shown({ hash: _, ...row }: TokenRow): AccessToken {
    return { ...row, lastUsedAt: this.used.get(row.id) ?? row.lastUsedAt };
  }

  /** Writes down when tokens were last used. */
  writeUses(): void {
    const uses = [...this.used];
    this.database.transaction(() => {
      for (const [id, lastUsedAt] of uses) this.table.update(id, { lastUsedAt });
    });
    for (const [id, lastUsedAt] of uses) if (this.used.get(id) === lastUsedAt) this.used.delete(id);
  }
}

const TokenQuery = PageQuery.extend({ projectId: z.string().optional() });

/** Whether a caller may know of what belongs to a project, or to none. */
function sees(caller: Caller, projectId: string | null): boolean {
  return caller.projectId === null || caller.projectId === projectId;
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
