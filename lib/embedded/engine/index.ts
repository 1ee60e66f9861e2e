/** Engines: what runs instances. An engine knows images and addresses, no database and no forwards. */

/** What the platform asks an engine to run. */
export interface Machine {
  /** The instance's id. */
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly image: string;
  readonly flavor: string;
  /** The address that the instance listens on; only this platform's host reaches it. */
  readonly privateIp: string;
}

/** How a machine is doing; `cause` says why a machine is in error. */
export interface MachineState {
  readonly status: "active" | "stopped" | "error";
  readonly cause?: string;
}

/**
 * Runs machines. The one in this folder starts a command for each; containers or virtual machines
 * would be another implementation of this interface and change nothing else.
 */
export interface Engine {
  /**
   * Starts a machine; resolves when it is usable, and rejects with the cause when it cannot be started.
   * A machine that runs already is left alone when nothing of it changed, else restarted as described.
   */
  start(machine: Machine): Promise<void>;
  /** Stops a machine; resolves when nothing of it is alive. Unknown ids are ignored. */
  stop(id: string): Promise<void>;
  /** Stops every machine. */
  shutdown(): Promise<void>;
}
