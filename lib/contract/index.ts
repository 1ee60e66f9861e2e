/** What a platform promises: entities, collections, errors, the `Platform` type that all of it adds up to, and the rules that platforms keep alike. */
import type { Administration } from "./administration";
import type { CallOptions, RepositoryOf } from "./collection";
import { flavors } from "./flavor";
import { images } from "./image";
import { instances } from "./instance";
import type { Overview } from "./overview";
import type { PlatformInfo } from "./platform-info";
import { portForwards } from "./port-forward";
import { projects } from "./project";

/** Every collection of a platform, by the name it has everywhere. */
export const collections = { projects, instances, portForwards, images, flavors } as const;

/** The name of a collection. */
export type CollectionName = keyof typeof collections;

/**
 * What holds projects, instances and forwards: embedded, remote over HTTP, or another cloud.
 * The one type that the provider and the constructs know.
 */
export type Platform = { readonly [K in CollectionName]: RepositoryOf<(typeof collections)[K]> } & {
  /** What the platform is and can do; the same for as long as it runs. */
  info(options?: CallOptions): Promise<PlatformInfo>;
  /** What there is, in one call, where the platform has a shorter way to it than its lists: `overview()` is for all. */
  overview?(options?: CallOptions): Promise<Overview>;
  /** Tokens, blocks, the audit log: where the platform itself knows who calls. */
  readonly administration?: Administration;
};

export type { Administration, Paged } from "./administration";
export * from "./audit";
export * from "./block";
export * from "./caller";
export * from "./canonical";
export * from "./capability";
export * from "./change";
export * from "./cidr";
export * from "./collection";
export * from "./compiled";
export * from "./deletion-protection";
export * from "./errors";
export * from "./explanation";
export * from "./fields";
export { Flavor } from "./flavor";
export * from "./forward-problem";
export * from "./forward-rules";
export * from "./holder";
export { Image } from "./image";
export { Instance } from "./instance";
export * from "./known-name";
export * from "./natural-key";
export * from "./open-sources";
export * from "./overview";
export * from "./page";
export * from "./platform-info";
export * from "./port-assignment";
export * from "./port-conflict";
export { PortForward, Statistics } from "./port-forward";
export * from "./port-range";
export { Project } from "./project";
export * from "./project-conflict";
export * from "./repeatable";
export * from "./service";
export * from "./token";
export * from "./turns";
export * from "./validation";
