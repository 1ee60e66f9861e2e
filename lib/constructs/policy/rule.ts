import type { Finding } from "../construct-error";
import type { Exposure } from "./exposure";
import type { Unknown } from "./unknown";

/** How many is too many. */
export interface ExposureLimits {
  /** Forwards that an instance may have before `too-many-forwards` is found. */
  readonly maxForwardsPerInstance: number;
  /** Ports that a forward may cover before `wide-range` is found. */
  readonly maxRange: number;
}

/** A rule of the exposure policy: one thing that nobody should do by accident. */
export interface ExposureRule<Id extends string = string> {
  /** What policies and suppressions call it; it never changes. */
  readonly id: Id;
  /** What it does where no policy says otherwise: stop the synthesis, or warn. */
  readonly level: "error" | "warn";
  /**
   * Where its findings are told, and suppressed.
   * @default at the forward
   */
  readonly subject?: "instance";
  /** Nothing where all is well; the unknown where that cannot be told before Terraform runs. */
  check(exposure: Exposure, limits: ExposureLimits): Finding | Unknown | undefined;
}

/** Keeps the rule's id as its type, so that the list of all rules gives the type of all ids. */
export function rule<const Id extends string>(definition: ExposureRule<Id>): ExposureRule<Id> {
  return definition;
}
