import { conform } from "../schema/conform";
import { isChanged } from "./change";
import type { PlanStep } from "./draft";
import { isLeftToProvider, mapAttributes } from "./walk";

/**
 * Start from the configuration, and from the prior state where the configuration leaves the value to the provider.
 * Terraform's own proposal is the same, but its sets are in another order than the configuration's, and the
 * following steps match elements by position.
 */
export const proposeFromConfig: PlanStep = (draft, { resource, config, prior }) => {
  const views = { planned: config, config, prior };
  const proposed = mapAttributes(resource, views, (place) =>
    isLeftToProvider(place) ? place.prior : place.planned,
  );
  return { ...draft, planned: conform(resource, proposed) };
};

/** Defaults come before the comparison with the prior state: a value that drifted away from its default is a change. */
export const applyDefaults: PlanStep = (draft, { resource, config, prior }) => {
  const planned = mapAttributes(resource, { planned: draft.planned, config, prior }, (place) => {
    const value = place.attribute.options.default;
    return value !== undefined && place.config === null ? value : place.planned;
  });
  return { ...draft, planned };
};

/** Whether an apply will run decides what may become unknown: an object that stays as it is must plan no change. */
export const compareWithPrior: PlanStep = (draft, { resource, prior }) => ({
  ...draft,
  changed: prior === null || isChanged(resource, draft.planned, prior),
});
