import { constants } from "node:os";
import type { Logger } from "../../log";

/** The first signal to stop, and whether another one followed. */
export interface StopSignals {
  readonly stopping: AbortSignal;
  /** Aborts when connections that may finish have to be cut. */
  readonly hurry: AbortSignal;
}

/**
 * Hears of SIGTERM, SIGINT and SIGHUP, and of the end of a parent. Who signals again does not want to wait: first the
 * connections that may finish are cut, where any may; then the process ends at once.
 */
export function stopSignals(drains: boolean, log: Logger): StopSignals {
  const [stopping, hurry] = [new AbortController(), new AbortController()];
  const steps = drains ? [stopping, hurry] : [stopping];
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => {
      const next = steps.shift();
      if (next) return next.abort(signal);
      // What a client was told is on disk.
      log.warn(`${signal} again: ending at once; instances that still run are ended by the next start`);
      process.exit(128 + constants.signals[signal]);
    });
  }
  // A test that has started it over a channel takes it along, however the test ends.
  process.once("disconnect", () => steps.shift()?.abort("the end of who started it"));
  process.channel?.unref();
  return { stopping: stopping.signal, hurry: hurry.signal };
}
