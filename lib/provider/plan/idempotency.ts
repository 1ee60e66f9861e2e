import { planIdempotencyKey } from "../idempotency-key";
import type { PlanRule } from "./rule";

/** The key of a create is made with its plan, so that applying the same plan again finds what the first apply made. */
export const planCreate: PlanRule = ({ action, privateState }) => {
  if (action === "create") planIdempotencyKey(privateState);
};
