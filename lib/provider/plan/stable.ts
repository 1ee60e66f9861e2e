import type { PlanRule } from "./rule";

/** What the platform derives from fields that stay as they are stays as it is, too. */
export const keepDerived: PlanRule = ({ shape, next, prior }) => {
  if (!prior) return;
  for (const { attribute, fact } of shape.shown) {
    if (fact.kind !== "stable" || fact.with.length === 0) continue;
    const kept = shape.derivedFrom[attribute]!.every((source) => next[source] === prior[source]);
    if (kept) next[attribute] = prior[attribute];
  }
};
