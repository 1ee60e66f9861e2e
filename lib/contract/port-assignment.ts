import { overlap, type PortSpan } from "./port-range";

/** The ports that a platform gives out, both ends included. */
export interface PortRange {
  /** The lowest. */
  readonly from: number;
  /** The highest. */
  readonly to: number;
}

/** The highest port of a span that somebody has; undefined when all of it is free. */
export type HighestTaken = (span: PortSpan) => number | undefined;

/**
 * The size of the lower band, which chosen ports are expected in; assigned ones come from above it.
 * The formula is that of Kubernetes' KEP-3668: a 32nd of the range, at least 16 and at most 128.
 */
export function lowerBandSize({ from, to }: PortRange): number {
  const size = to - from + 1;
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
}

/**
 * The first port of `count` consecutive free ones to assign: the upper band in a circle that starts behind the
 * port assigned last, so that a released port comes again only after all others had their turn; then the lower
 * band from its far end, so that chosen ports keep their room longest.
 */
export function spanToAssign(
  range: PortRange,
  lastAssigned: number | undefined,
  count: number,
  taken: HighestTaken,
): number | undefined {
  const upperBand = range.from + lowerBandSize(range);
  const lastFit = range.to - count + 1;
  const begin = lastAssigned !== undefined && lastAssigned >= upperBand ? lastAssigned + 1 : upperBand;
  return (
    upwards(begin, lastFit, count, taken) ??
    upwards(upperBand, Math.min(begin - 1, lastFit), count, taken) ??
    downwards(Math.min(upperBand - 1, lastFit), range.from, count, taken)
  );
}

/** Up to `limit` free spans of `count` ports to offer instead of one around `port`: nearest first, apart from each other. */
export function spansNearby(
  range: PortRange,
  port: number,
  count: number,
  taken: HighestTaken,
  limit: number,
): PortSpan[] {
  const found: PortSpan[] = [];
  for (const first of nearbyOrder({ from: range.from, to: range.to - count + 1 }, port)) {
    const span = { first, count };
    if (found.some((other) => overlap(span, other)) || taken(span) !== undefined) continue;
    if (found.push(span) === limit) break;
  }
  return found;
}

function upwards(from: number, to: number, count: number, taken: HighestTaken): number | undefined {
  for (let first = from; first <= to; ) {
    const highest = taken({ first, count });
    if (highest === undefined) return first;
    // Every span that begins before it would contain it.
    first = highest + 1;
  }
  return undefined;
}

function downwards(from: number, to: number, count: number, taken: HighestTaken): number | undefined {
  for (let first = from; first >= to; first--) {
    if (taken({ first, count }) === undefined) return first;
  }
  return undefined;
}

/** Ports around one, nearest first, itself left out. */
function* nearbyOrder(range: PortRange, port: number): Generator<number> {
  const distance = Math.max(Math.abs(port - range.from), Math.abs(range.to - port));
  for (let d = 1; d <= distance; d++) {
    if (port + d <= range.to && port + d >= range.from) yield port + d;
    if (port - d >= range.from && port - d <= range.to) yield port - d;
  }
}
