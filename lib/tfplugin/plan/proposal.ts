import { conformWhole } from "../schema/conform";
import type { NestedLevel } from "../schema/level";
import { isFields } from "../value/type";
import { isChanged } from "./change";
import type { PlanStep } from "./draft";
import { isLeftToProvider, mapAttributes, type Place } from "./walk";

/**
 * Start from the configuration, and from the prior state where the configuration leaves the value to the provider.
 * Terraform's own proposal is the same, but its sets are in another order than the configuration's, and the
 * following steps match elements by position.
 */
export const proposeFromConfig: PlanStep = (draft, { resource, config, prior }) => {
  const views = { planned: config, config, prior };
  const proposed = mapAttributes(resource, views, (place) => {
    if (!isLeftToProvider(place)) return place.planned;
    return wasWritten(place) ? null : place.prior;
  });
  return { ...draft, planned: conformWhole(resource, proposed) };
};

/**
 * Whether a nested attribute that may be left to the provider holds what only a user can have written. Then its lines
 * were deleted, and the provider is to choose anew; unless the attribute is stable, which stays as it is.
 */
function wasWritten({ attribute: { nested, options }, prior }: Place): boolean {
  return nested !== undefined && options.optional === true && !options.stable && holdsWritten(nested, prior);
}

function holdsWritten(level: NestedLevel, value: unknown): boolean {
  if (value === null || value === undefined) return false;
  const objects = level.nesting === "single" ? [value] : Object.values(value as object);
  return objects.some(
    (object: unknown) =>
      isFields(object) &&
      Object.entries(level.attributes).some(([name, { nested, options }]) => {
        if ((object[name] ?? null) === null) return false;
        return !options.computed || (nested !== undefined && holdsWritten(nested, object[name]));
      }),
  );
}

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
