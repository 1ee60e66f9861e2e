import type { PlatformInfo } from "../contract";
import type { Clouds } from "./clouds";
import type { ProjectNetworks } from "./project-network";
import type { OpenStackSettings } from "./settings";

/** What the repositories of an OpenStack cloud work with. */
export interface Context {
  readonly clouds: Clouds;
  readonly settings: OpenStackSettings;
  readonly networks: ProjectNetworks;
  /** What the cloud can do, asked once. */
  info(signal?: AbortSignal): Promise<PlatformInfo>;
}
