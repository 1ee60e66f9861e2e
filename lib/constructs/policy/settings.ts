import { Aspects, type IAspect } from "cdktf";
import type { IConstruct } from "constructs";
import { hasBrand } from "../brand";
import type { ExposureLimits } from "./rule";
import { type ExposureRuleId, exposureRules } from "./rules";

/** What a rule does about a finding: stop the synthesis, warn, or nothing. */
export type ExposureLevel = "error" | "warn" | "off";

/** What holds for a forward. */
export interface ExposureSettings extends ExposureLimits {
  /** What each rule does. */
  readonly levels: Readonly<Record<ExposureRuleId, ExposureLevel>>;
}

/** What the check asks of an ExposurePolicy, of this or another copy of the package. */
export interface Governing extends IAspect {
  readonly settings: ExposureSettings;
  /** Whether it has visited a construct, as an aspect within another aspect does. */
  hasVisited(construct: IConstruct): boolean;
}

/** Where no policy governs a forward. */
export const defaultSettings: ExposureSettings = {
  levels: Object.fromEntries(exposureRules.map(({ id, level }) => [id, level])) as ExposureSettings["levels"],
  maxForwardsPerInstance: 10,
  maxRange: 100,
};

/** Policies that were added to a construct itself. */
export function policiesAt(construct: IConstruct): Governing[] {
  return Aspects.of(construct).all.filter((aspect) => hasBrand(aspect, "ExposurePolicy")) as Governing[];
}

/**
 * Every policy above a forward counts, as every aspect does, and of each rule the strictest: what a team allows
 * itself cannot loosen what its organization asks of all. A single forward is let through by a suppression.
 */
export function strictest(policies: readonly Governing[]): ExposureSettings {
  const [first, ...others] = policies.map(({ settings }) => settings);
  return others.reduce(stricter, first ?? defaultSettings);
}

const order: readonly ExposureLevel[] = ["off", "warn", "error"];

function stricter(one: ExposureSettings, other: ExposureSettings): ExposureSettings {
  const levels = { ...one.levels };
  for (const { id } of exposureRules) {
    // A policy of an older copy of the package does not know each rule.
    const level = other.levels[id] ?? levels[id];
    if (order.indexOf(level) > order.indexOf(levels[id] ?? "off")) levels[id] = level;
  }
  return {
    levels,
    maxForwardsPerInstance: Math.min(one.maxForwardsPerInstance, other.maxForwardsPerInstance),
    maxRange: Math.min(one.maxRange, other.maxRange),
  };
}
