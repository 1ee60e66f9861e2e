import type { Platform } from "../contract";
import type { Snapshots } from "./snapshot";

/** What resources work with: the platform, and what was read of it. One per Terraform walk. */
export interface Session {
  readonly platform: Platform;
  readonly snapshots: Snapshots;
}
