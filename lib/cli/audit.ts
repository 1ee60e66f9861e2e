import { connect, resolveSettings } from "../connect";
import {
  type AuditEntry,
  type AuditFilter,
  type ForwardKey,
  hostText,
  listAll,
  type Page,
  type Platform,
  Protocol,
  parseForwardKey,
} from "../contract";
import { formatTable } from "../table";
import { administered } from "./administered";
import { parseDuration } from "./duration";
import { UsageError } from "./failure";
import { projectIdOf } from "./project-choice";

/** The flags of `fairlead audit`. */
export interface AuditOptions {
  readonly project?: string;
  readonly since?: string;
  readonly until?: string;
  /** `20170`, `20170/tcp` or `203.0.113.5:20170/tcp`. */
  readonly port?: string;
  readonly entity?: string;
  readonly request?: string;
  readonly limit: string;
  readonly json?: boolean;
}

const shownOfValue = 40;

/** Prints who changed what, the latest first. */
export async function audit(options: AuditOptions): Promise<void> {
  const most = limitOf(options.limit);
  const given = {
    ...(options.since !== undefined && { since: momentOf("--since", options.since) }),
    ...(options.until !== undefined && { until: momentOf("--until", options.until) }),
    ...(options.port !== undefined && portOf(options.port)),
    ...(options.entity !== undefined && { entityId: options.entity }),
    ...(options.request !== undefined && { requestId: options.request }),
  };
  const platform = connect(resolveSettings());
  const filter: AuditFilter = {
    ...given,
    ...(options.project !== undefined && { projectId: await projectIdEver(platform, options.project) }),
  };
  const entries = await administered(platform, "audit log", (part) => latest(part.audit, filter, most));
  if (options.json) process.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
  else if (entries.length === 0) process.stdout.write("The audit log has nothing of that.\n");
  else {
    process.stdout.write(table(entries, most));
    // Of some entries alone it cannot be told who has the port.
    const isWhole = ![options.project, options.entity, options.request].some((value) => value !== undefined);
    if (given.externalPort !== undefined && isWhole)
      process.stdout.write(`\n${holders(entries, given).join("\n")}\n`);
  }
}

/** Who had a port at the end of the time that was asked for, at each address and protocol. */
function holders(entries: readonly AuditEntry[], { externalPort, until }: AuditFilter): string[] {
  const when = until === undefined ? "now" : `at ${until}`;
  const latest = new Map<string, AuditEntry>();
  const told = new Set<string>();
  for (const entry of entries) {
    const key = parseForwardKey(entry.entityName);
    if (!key) continue;
    const at = `${hostText(key.externalIp)}:${externalPort}/${key.protocol}`;
    // It may have left for another address since: what it is now its latest entry says.
    const has = !told.has(entry.entityId) && entry.action !== "delete" && covers(key, externalPort!);
    told.add(entry.entityId);
    if (has && !latest.has(at)) latest.set(at, entry);
    else if (!latest.has(at)) latest.set(at, { ...entry, entityId: "" });
  }
  return [...latest].map(([at, { entityId, projectName }]) =>
    entityId === ""
      ? `No forward has ${at} ${when}, as far as the token may see.`
      : `${at} belongs to ${entityId} of project ${projectName} ${when}.`,
  );
}

const covers = ({ externalPort, portCount }: ForwardKey, port: number): boolean =>
  externalPort <= port && port < externalPort + portCount;

/** A project that is gone has no name that finds it any more, but its entries bear its id. */
async function projectIdEver(platform: Platform, named: string): Promise<string> {
  const isThere = (await listAll(platform.projects)).some(({ id, name }) => [id, name].includes(named));
  return !isThere && named.startsWith("prj-") ? named : projectIdOf(platform, named);
}

type Audit = (query: AuditFilter & { limit?: number; cursor?: string }) => Promise<Page<AuditEntry>>;

async function latest(ask: Audit, filter: AuditFilter, most: number): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let cursor: string | null | undefined; cursor !== null && entries.length < most; ) {
    const limit = Math.min(1000, most - entries.length);
    const page: Page<AuditEntry> = await ask({
      ...filter,
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    entries.push(...page.items);
    cursor = page.nextCursor;
  }
  return entries;
}

function table(entries: readonly AuditEntry[], most: number): string {
  const rows = entries.map((entry) => [
    entry.at,
    entry.projectName ?? "",
    entry.action,
    `${entry.noun} ${entry.entityName}`,
    changesText(entry),
    entry.callerName,
    entry.address ?? "",
    entry.requestId ?? "",
  ]);
  const heads = ["AT", "PROJECT", "ACTION", "WHAT", "CHANGES", "BY", "FROM", "REQUEST"];
  const shown = formatTable(heads, rows, { width: process.stdout.columns, elastic: "CHANGES" });
  return entries.length < most ? shown : `${shown}\nThe latest ${most}; --limit shows more.\n`;
}

/** Of an update what it changed; of the rest the row says enough. */
function changesText({ action, changes, note }: AuditEntry): string {
  const fields =
    action === "create" || action === "delete"
      ? []
      : Object.entries(changes).map(([field, { from, to }]) => `${field}: ${value(from)} -> ${value(to)}`);
  return [...fields, ...(note === null ? [] : [note])].join("; ");
}

function value(given: unknown): string {
  const text = JSON.stringify(given) ?? "none";
  return text.length > shownOfValue ? `${text.slice(0, shownOfValue - 1)}…` : text;
}

/** A span of time before now, or a moment. */
function momentOf(flag: string, text: string): string {
  if (/^\d+[mhdw]$/.test(text)) return new Date(Date.now() - parseDuration(flag, text)).toISOString();
  // Without a time zone a moment would be another one at each desk.
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw new UsageError(
    `${flag} is ${JSON.stringify(text)}, but it has to be a span of time before now, such as 1d or 90m, or a moment, such as 2026-11-24 or 2026-11-24T12:00:00Z.`,
  );
}

function portOf(text: string): Pick<AuditFilter, "externalPort" | "protocol" | "externalIp"> {
  const match = /^(?:\[?([0-9a-f.:]+?)\]?:)?(\d{1,5})(?:\/(tcp|udp))?$/i.exec(text);
  const port = Number(match?.[2]);
  if (!match || port < 1 || port > 65535) {
    throw new UsageError(
      `--port is ${JSON.stringify(text)}, but it has to be an external port, such as 20170, 20170/tcp or 203.0.113.5:20170/tcp.`,
    );
  }
  const [, externalIp, , protocol] = match;
  return {
    externalPort: port,
    ...(externalIp !== undefined && { externalIp }),
    ...(protocol !== undefined && { protocol: Protocol.parse(protocol.toLowerCase()) }),
  };
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000) return limit;
  throw new UsageError(`--limit is ${JSON.stringify(text)}, but it has to be a number from 1 to 1,000,000.`);
}
