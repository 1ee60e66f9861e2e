import type { Route } from "./gateway";
import type { Sources } from "./sources";

/** An open external port of one protocol, and what flows through it. */
export interface Listener {
  /** Applies another target and other sources of the same external port, at once; see `Gateway.open`. */
  update(target: Route["target"], sources: Sources): void;
  /** Cuts what flows, and resolves when the port is free and no socket is left. */
  close(): Promise<void>;
}
