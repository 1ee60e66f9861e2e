import { effectiveLabels } from "../labels";
import type { PlanRule } from "./rule";

/** Shows all labels that the object is going to have, so that a change of the provider's labels is planned, too. */
export const planLabels: PlanRule = ({ session, next }) => {
  next.effective_labels = effectiveLabels(session.options.defaultLabels, next.labels);
};
