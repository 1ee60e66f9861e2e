/** Times (milliseconds) and sizes (bytes) of the `process` engine. */
export interface Limits {
  /** How long a start may take until the ports of `ready` accept. */
  readonly readyMs: number;
  /** How long a command without `ready` has to live to count as started. */
  readonly settleMs: number;
  /** How long a machine may take to end after SIGTERM; then it gets SIGKILL. */
  readonly graceMs: number;
  /** The pause before the first restart; each further one is twice as long. */
  readonly firstRestartMs: number;
  /** The longest pause before a restart. */
  readonly longestRestartMs: number;
  /** A machine that lived this long starts over at the first pause. */
  readonly steadyMs: number;
  /** Size of a machine's log at which it becomes `output.log.1`, so at most twice this is kept. */
  readonly logBytes: number;
}

/** The limits where the platform names no others. */
export const defaultLimits: Limits = {
  readyMs: 10_000,
  settleMs: 100,
  graceMs: 3_000,
  firstRestartMs: 200,
  longestRestartMs: 30_000,
  steadyMs: 10_000,
  logBytes: 1024 * 1024,
};
