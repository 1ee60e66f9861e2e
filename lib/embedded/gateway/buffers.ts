/**
 * The buffers that TCP reads go into. An idle connection owns none: all of them read into one shared buffer,
 * and only a direction that fills it borrows one of its own, so that memory follows the load and is bounded.
 */

/** Bytes of one read. Measured: 64 KB reads give 0.8, 128 KB 0.85, 512 KB 1.0, 1 MB 1.05 of this throughput. */
const bufferBytes = 512 * 1024;

/** Most bytes lent out or kept at a time, over all connections: 64 MB. */
const mostBuffers = 128;

const free: Buffer[] = [];
let lent = 0;

/** The buffer of everyone that borrowed none. What is read into it must be copied before the turn ends. */
export const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** A buffer of one's own, or undefined when all are lent out; then reading goes on in the shared one. */
export function borrow(): Buffer | undefined {
  if (lent >= mostBuffers) return undefined;
  lent++;
  return free.pop() ?? Buffer.allocUnsafeSlow(bufferBytes);
}

/** Ends a loan. `reusable` is false when the system may still be writing from the buffer. */
export function giveBack(buffer: Buffer, reusable: boolean): void {
  lent--;
  if (reusable && free.length < 32) free.push(buffer);
}
