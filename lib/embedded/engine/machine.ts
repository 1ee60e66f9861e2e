/** What the platform asks an engine to run. */
export interface Machine {
  /** The instance's id: letters, digits, `.`, `_` and `-`. */
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly image: string;
  readonly flavor: string;
  /** The address that the instance listens on; only this platform's host reaches it. */
  readonly privateIp: string;
  /** Memory of the flavor in MiB; null: as much as the host has. */
  readonly memoryMib: number | null;
  /** CPUs of the flavor, parts of one included; null: all of the host's. */
  readonly cpus: number | null;
  /** What the instance is told at its first start; a secret. Null: nothing. */
  readonly userData: string | null;
  /** Public keys that may log in, each a line as in `authorized_keys`. Alone they change without a restart. */
  readonly sshKeys: readonly string[];
}

/** How a machine is doing; `cause` says why a machine is in error. */
export interface MachineState {
  readonly status: "active" | "stopped" | "error";
  readonly cause?: string;
}

/**
 * Runs machines. The one in this folder starts a command for each; containers or virtual machines
 * would be another implementation of this interface and change nothing else.
 *
 * Calls for one machine are carried out one after another, those for different machines side by side.
 */
export interface Engine {
  /**
   * Which limits of a flavor this engine really holds machines to, on this host. A machine that wants more memory
   * is ended, and its state says so; one that wants more CPU gets its share.
   */
  limits(): Promise<{ readonly memory: boolean; readonly cpus: boolean }>;
  /**
   * Ends what a killed platform left running and removes what belongs to machines not among `ids`. To be
   * called once, before the first `start`, with the ids of every instance that the platform has a row for.
   * Rejects when something left over cannot be ended.
   */
  recover(ids: readonly string[]): Promise<void>;
  /**
   * Starts a machine; resolves when it is usable, and rejects with the cause when it cannot be started.
   * A machine that runs already is left alone when nothing of it changed, else restarted as described; for
   * other `sshKeys` alone it is not restarted.
   * One that waits for its restart is restarted at once. Once started, a machine is kept running until
   * `stop` or `shutdown`; a start that was rejected leaves nothing running.
   */
  start(machine: Machine): Promise<void>;
  /**
   * Stops a machine for good and removes what it kept; resolves when nothing of it is alive. A start under
   * way is cut short and rejects. Unknown ids are ignored.
   */
  stop(id: string): Promise<void>;
  /**
   * Stops every machine and keeps their data, so that the next platform starts them as they were. Later
   * starts are rejected.
   */
  shutdown(): Promise<void>;
}
