/** The ports that a platform gives out, both ends included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The size of the lower band, which chosen ports are expected in; assigned ones come from above it.
 * The formula is that of Kubernetes' KEP-3668: a 32nd of the range, at least 16 and at most 128.
 */
export function lowerBandSize({ from, to }: PortRange): number {
  const size = to - from + 1;
  return size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
}

/**
 * Ports in the order in which to try them for an assignment: the upper band in a circle that starts
 * behind the port assigned last, so that a released port comes again only after all others had their
 * turn; then the lower band from its far end, so that chosen ports keep their room longest.
 */
export function* assignmentOrder(range: PortRange, lastAssigned: number | undefined): Generator<number> {
  const start = range.from + lowerBandSize(range);
  const size = range.to - start + 1;
  const offset = lastAssigned !== undefined && lastAssigned >= start ? lastAssigned - start + 1 : 0;
  for (let i = 0; i < size; i++) yield start + ((offset + i) % size);
  for (let port = start - 1; port >= range.from; port--) yield port;
}

/** Ports around one that is taken, nearest first, to offer instead. */
export function* nearbyOrder(range: PortRange, port: number): Generator<number> {
  const distance = Math.max(Math.abs(port - range.from), Math.abs(range.to - port));
  for (let d = 1; d <= distance; d++) {
    if (port + d <= range.to && port + d >= range.from) yield port + d;
    if (port - d >= range.from && port - d <= range.to) yield port - d;
  }
}

/** The first few of a sequence that are free. */
export function firstFree(
  order: Iterable<number>,
  isFree: (port: number) => boolean,
  count: number,
): number[] {
  const found: number[] = [];
  for (const port of order) {
    if (isFree(port) && found.push(port) === count) break;
  }
  return found;
}
