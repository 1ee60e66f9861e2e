import type { Database, SqlValue } from "./database";
import type { RouteStatistics } from "./gateway";

/** What a forward has carried. How many connections are open is no part of it: that is known only while it is. */
export type Traffic = Omit<RouteStatistics, "openConnections">;

const counters = ["totalConnections", "refusedConnections", "bytesIn", "bytesOut"] as const;

/** What a forward has carried that nobody has used yet. */
export const noTraffic: Traffic = { totalConnections: 0, refusedConnections: 0, bytesIn: 0, bytesOut: 0 };

/** What a forward has carried at two times together. */
export function addTraffic(one: Traffic, other: Traffic): Traffic {
  const used = [one.lastUsedAt, other.lastUsedAt].filter((time) => time !== undefined);
  return traffic((counter) => one[counter] + other[counter], used.length > 0 ? Math.max(...used) : undefined);
}

/** Whether two say the same. */
export function sameTraffic(one: Traffic, other: Traffic): boolean {
  return [...counters, "lastUsedAt" as const].every((field) => one[field] === other[field]);
}

/** What was written down of every forward, by its id. */
export function readTraffic(database: Database): Map<string, Traffic> {
  return new Map(
    database
      .all("SELECT * FROM traffic")
      .map((row) => [
        String(row.forwardId),
        traffic(
          (counter) => Number(row[counter]),
          row.lastUsedAt === null ? undefined : Number(row.lastUsedAt),
        ),
      ]),
  );
}

/** Writes down what forwards have carried, in one transaction; forwards that are gone by now are left out. */
export function writeTraffic(database: Database, changed: readonly (readonly [string, Traffic])[]): void {
  if (changed.length === 0) return;
  const columns = [...counters, "lastUsedAt" as const];
  const values = columns.map(() => "?").join(", ");
  database.transaction(() => {
    for (const [id, carried] of changed) {
      database.run(
        `INSERT OR REPLACE INTO traffic (forwardId, ${columns.join(", ")}) SELECT id, ${values} FROM portForwards WHERE id = ?`,
        ...columns.map((column): SqlValue => carried[column] ?? null),
        id,
      );
    }
  });
}

function traffic(
  count: (counter: (typeof counters)[number]) => number,
  lastUsedAt: number | undefined,
): Traffic {
  const counts = Object.fromEntries(counters.map((counter) => [counter, count(counter)]));
  return { ...(counts as Record<(typeof counters)[number], number>), ...(lastUsedAt && { lastUsedAt }) };
}
