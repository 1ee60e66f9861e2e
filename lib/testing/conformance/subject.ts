import type { CapabilityName, Platform } from "../../contract";

/** A platform under test: how to reach it, what is on it, and what it offers. */
export interface Subject {
  /** Heading of its tests. */
  readonly name: string;
  /**
   * Starts the platform, or connects to one that runs; asked once, before the first test. It may have other users:
   * every test makes what it needs under names of its own and removes it, whether it passes or not.
   */
  start(): Promise<RunningSubject>;
  /** Images of instances: `web` answers HTTP at ports 8080 and 8081, `echo` returns what it gets at 7007, tcp and udp. */
  readonly images: { readonly web: string; readonly echo: string };
  /** Two flavors that instances of both images can have, and change between. */
  readonly flavors: readonly [string, string];
  /**
   * What the platform lacks. Nothing of it is tested then, save that it is refused; a platform that can do it all the
   * same fails.
   * @default nothing
   */
  readonly without?: readonly CapabilityName[];
  /**
   * Names of projects that are there. Without `projectManagement`, tests work in the first one; what needs a second
   * one is tested where a second one is named. Without `instanceManagement`, the first one has two active instances
   * of image `web` and one of `echo`, and the second one has one of any image. Nothing of it is changed, and its
   * instances have no forwards.
   * @default the suite makes what it needs
   */
  readonly existing?: readonly string[];
  /**
   * What packets from the tests reach: forwards and the private addresses of instances, forwards alone, or nothing.
   * Traffic is not tested where it cannot pass.
   * @default "everything"
   */
  readonly reach?: "everything" | "forwards" | "nothing";
  /** Milliseconds for one test. @default 60,000 */
  readonly timeoutMs?: number;
}

/** A platform that answers. */
export interface RunningSubject {
  /** The platform, with nothing on it but what it always has. */
  readonly platform: Platform;
  /** Asked once, behind the last test. */
  stop(): Promise<void>;
}

/**
 * What a test needs beyond what every platform offers: a capability; that packets pass through forwards, or also to
 * private addresses; a second project.
 */
export type Need = CapabilityName | "packets" | "privatePackets" | "secondProject";

/** Whether a subject has what a test needs. */
export function offers({ without = [], reach = "everything", existing = [] }: Subject, need: Need): boolean {
  switch (need) {
    case "packets":
      return reach !== "nothing";
    case "privatePackets":
      return reach === "everything";
    case "secondProject":
      return existing.length > 1 || makesAll(without);
    default:
      return !without.includes(need);
  }
}

/** Whether the suite makes the projects and instances that its tests work with. */
export const makesAll = (without: readonly CapabilityName[] = []): boolean =>
  !without.includes("projectManagement") && !without.includes("instanceManagement");
