import { forwardKey, spanText } from "../contract";
import { formatTable } from "../table";
import { byteSize } from "./byte-size";
import type { InventoryLine } from "./inventory";
import { fromNow } from "./moment";

type Cell = (line: InventoryLine, now: number) => string;

const none = "-";

/** A figure of a forward; none where the platform does not count. */
const figure =
  (of: (statistics: NonNullable<NonNullable<InventoryLine["forward"]>["statistics"]>) => string): Cell =>
  ({ forward }) =>
    forward?.statistics ? of(forward.statistics) : none;

/** Every column that a list of forwards can have, by its head. */
const cells = {
  PROJECT: ({ project }) => project.name,
  INSTANCE: ({ instance }) => instance?.name ?? "(none)",
  EXTERNAL: ({ forward }) => (forward ? forwardKey(forward) : none),
  INTERNAL: ({ instance, forward }) =>
    forward
      ? `${forward.internalIp ?? none}:${spanText({ first: forward.internalPort, count: forward.portCount })}`
      : instance!.privateIp,
  DESCRIPTION: ({ forward }) => forward?.description ?? "",
  STATUS: ({ instance, forward }) => (forward ?? instance!).status,
  OPEN: figure(({ openConnections }) => String(openConnections)),
  TOTAL: figure(({ totalConnections }) => String(totalConnections)),
  REFUSED: figure(({ refusedConnections }) => String(refusedConnections)),
  IN: figure(({ bytesIn }) => byteSize(bytesIn)),
  OUT: figure(({ bytesOut }) => byteSize(bytesOut)),
  "LAST USED": ({ forward }, now) => {
    if (!forward?.statistics) return none;
    const { lastUsedAt } = forward.statistics;
    return lastUsedAt === null ? "never" : fromNow(lastUsedAt, now);
  },
  MADE: ({ instance, forward }, now) => fromNow((forward ?? instance!).createdAt, now),
  EXPIRES: ({ forward }, now) => (forward?.expiresAt ? fromNow(forward.expiresAt, now) : none),
  OWNERSHIP: ({ instance, forward }) => (forward ?? instance!).ownershipId ?? none,
  ID: ({ instance, forward }) => (forward ?? instance!).id,
} as const satisfies Record<string, Cell>;

type Head = keyof typeof cells;

/** What each view shows; at 120 columns a line of any of them fits. Identifiers are long: `wide` adds them. */
const views = {
  plain: ["PROJECT", "INSTANCE", "EXTERNAL", "INTERNAL", "DESCRIPTION", "STATUS", "LAST USED", "EXPIRES"],
  stats: [
    ...(["PROJECT", "INSTANCE", "EXTERNAL", "STATUS"] as const),
    ...(["OPEN", "TOTAL", "REFUSED", "IN", "OUT", "LAST USED", "EXPIRES"] as const),
  ],
  unused: ["PROJECT", "INSTANCE", "EXTERNAL", "DESCRIPTION", "LAST USED", "MADE", "OWNERSHIP"],
} as const satisfies Record<string, readonly Head[]>;

/** What a list of forwards is about. */
export type InventoryView = keyof typeof views;

const wideHeads: readonly Head[] = ["OWNERSHIP", "ID"];
const optional: readonly Head[] = ["LAST USED", "EXPIRES"];
const numbers: readonly Head[] = ["OPEN", "TOTAL", "REFUSED", "IN", "OUT"];

/** How a list of forwards is shown. */
export interface InventoryTableOptions {
  readonly view: InventoryView;
  /** With ownership marks and identifiers. */
  readonly wide?: boolean | undefined;
  /** Columns of the terminal. @default lines may be of any length */
  readonly width?: number | undefined;
  /** @default now */
  readonly now?: number;
}

/** The lines as a table for people. A column in which nothing stands is left out where it can be. */
export function inventoryTable(
  lines: readonly InventoryLine[],
  { view, wide, width, now = Date.now() }: InventoryTableOptions,
): string {
  const heads = new Set<Head>([...views[view], ...(wide ? wideHeads : [])]);
  const columns = [...heads]
    .map((head) => ({ head, column: lines.map((line) => (cells[head] as Cell)(line, now)) }))
    .filter(({ head, column }) => !optional.includes(head) || column.some((cell) => cell !== none));
  return formatTable(
    columns.map(({ head }) => head),
    lines.map((_, row) => columns.map(({ column }) => column[row]!)),
    { width, elastic: "DESCRIPTION", numbers },
  );
}
