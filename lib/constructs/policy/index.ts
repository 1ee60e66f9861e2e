/** What forwards may expose by default: the exposure policy, its rules, one file each, and how they are checked. */
export {
  ExposurePolicy,
  type ExposurePolicyProps,
} from "./exposure-policy";
export type {
  ExposureFinding,
  ExposureReview,
  IdleSuppression,
  SuppressedFinding,
  UncheckedRule,
} from "./review";
export type { ExposureRuleId } from "./rules";
export type { ExposureLevel, ExposureSettings } from "./settings";
export type { Suppression } from "./suppression";
