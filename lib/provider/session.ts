import { listAll, type Platform, type PlatformInfo } from "../contract";
import type { Unknown } from "../tfplugin";
import { Claims } from "./plan/claims";
import { Snapshots } from "./snapshot";

/** What the provider block says besides where the platform is. */
export interface SessionOptions {
  /** Labels that every object gets; unknown while they depend on what is not made yet. */
  readonly defaultLabels: Readonly<Record<string, string>> | Unknown;
  /** Mark of what is made, or null. */
  readonly ownershipId: string | null;
  /** What tells this plan from every other, also when it is applied; or null. */
  readonly planId: string | null;
  /** Whether it is known already which platform to ask. */
  readonly reachable: boolean;
}

/** What resources work with: the platform, and what is known of it. One per Terraform walk. */
export class Session {
  readonly snapshots: Snapshots;
  readonly claims = new Claims();
  /** Instances that this very apply has deleted: that their forwards are detached is no surprise then. */
  readonly deleted = new Set<string>();
  /** Objects that are in the state, as far as they were read. */
  readonly seen = new Set<string>();
  private readonly catalogues = new Map<string, Promise<string[]>>();
  private described: Promise<PlatformInfo> | undefined;

  constructor(
    readonly platform: Platform,
    readonly options: SessionOptions,
  ) {
    this.snapshots = new Snapshots(platform);
  }

  /** What the platform says of itself, asked once; rejects when it is too old for this provider. */
  info(signal: AbortSignal): Promise<PlatformInfo> {
    if (this.described) return this.described;
    const asked = this.platform.info({ signal });
    this.described = asked;
    asked.catch(() => {
      this.described = undefined;
    });
    return asked;
  }

  /** An answer of a platform that this provider understands: that it is none comes before any other failure. */
  async understood<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    answer.catch(() => {});
    await this.info(signal);
    return answer;
  }

  /** The names of the platform's images or flavors, asked once. */
  catalogue(name: "images" | "flavors", signal: AbortSignal): Promise<string[]> {
    const known = this.catalogues.get(name);
    if (known) return known;
    const asked = listAll<{ name: string }, object>(this.platform[name], {}, { signal }).then((entries) =>
      entries.map((entry) => entry.name),
    );
    this.catalogues.set(name, asked);
    asked.catch(() => this.catalogues.delete(name));
    return asked;
  }

  /**
   * The address that a forward with a chosen port has unless another one is written; undefined where that is open. Of
   * addresses that all projects share it is the first; of several that are a project's own, the instance decides.
   * @param projectId undefined for a project that is not made yet
   */
  async defaultExternalIp(projectId: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const { sharedExternalIps } = await this.info(signal);
    if (projectId !== undefined) {
      const project = await this.snapshots.find("projects", undefined, projectId, signal);
      const [first, ...others] = project?.externalIps ?? [];
      return sharedExternalIps || others.length === 0 ? first : undefined;
    }
    if (!sharedExternalIps) return undefined;
    const [project] = await this.snapshots.all("projects", undefined, signal);
    return project?.externalIps[0] ?? "the platform's address";
  }
}
