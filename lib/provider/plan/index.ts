/** Rules of planning beyond those that every provider has; each file is one, and says why. */
import { refuseLacking } from "./capabilities";
import { planCreate } from "./idempotency";
import { planLabels } from "./labels";
import { refuseManagement } from "./management";
import { guardImport, replaceForSecrets } from "./replacement";
import type { PlanRule } from "./rule";
import { keepDerived } from "./stable";

/** What is planned alike for every resource, in order. */
export const planRules: readonly PlanRule[] = [
  planLabels,
  keepDerived,
  replaceForSecrets,
  guardImport,
  refuseManagement,
  refuseLacking,
];

/** What has the last word. */
export const lastPlanRules: readonly PlanRule[] = [planCreate];
