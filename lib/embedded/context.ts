import type { Flavor, Image } from "../contract";
import type { Reconciler } from "./reconciler";
import type { PlatformSettings } from "./settings";
import type { Store } from "./store";

/** What the rules of every noun work with. */
export interface Context {
  readonly store: Store;
  readonly settings: PlatformSettings;
  readonly images: readonly Image[];
  readonly flavors: readonly Flavor[];
  readonly reconciler: Reconciler;
  readonly log: (line: string) => void;
}
