import type { PortForward } from "../contract";
import type { InventoryLine } from "./inventory";

/**
 * The lines whose forward has carried nothing for a time, the longest unused one first. One that was never used counts
 * from when it was made; of one that is not counted nobody can tell.
 */
export function unusedFor(
  lines: readonly InventoryLine[],
  milliseconds: number,
  now = Date.now(),
): InventoryLine[] {
  return lines
    .flatMap((line) => {
      const since = line.forward && unusedSince(line.forward);
      return since !== undefined && now - since >= milliseconds ? [{ line, since }] : [];
    })
    .sort((a, b) => a.since - b.since)
    .map(({ line }) => line);
}

function unusedSince({ statistics, createdAt }: PortForward): number | undefined {
  if (statistics === null || statistics.openConnections > 0) return undefined;
  return Date.parse(statistics.lastUsedAt ?? createdAt);
}
