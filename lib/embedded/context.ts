import type { Flavor, Image, PlatformInfo } from "../contract";
import type { Logger } from "../log";
import type { Reconciler } from "./reconciler";
import type { PlatformSettings } from "./settings";
import type { Store } from "./store";

/** What the rules of every noun work with. */
export interface Context {
  readonly store: Store;
  readonly settings: PlatformSettings;
  readonly images: readonly Image[];
  readonly flavors: readonly Flavor[];
  readonly info: PlatformInfo;
  readonly reconciler: Reconciler;
  readonly log: Logger;
}
