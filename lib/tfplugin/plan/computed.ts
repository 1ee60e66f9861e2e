import { UNKNOWN } from "../value/unknown";
import type { PlanStep } from "./draft";
import { isLeftToProvider, mapAttributes } from "./walk";

/**
 * Values that the provider computes are known only after the apply. They stay as they are
 * - when nothing changes, because no apply runs;
 * - when they have a default, which is known now;
 * - when they are stable, and the object with its value exists and is not replaced.
 * Everything else becomes unknown. A value guessed here would have to come true at apply.
 */
export const markComputedUnknown: PlanStep = (draft, { resource, config, prior }) => {
  if (!draft.changed) return draft;
  const replaced = draft.replace.length > 0;
  const planned = mapAttributes(resource, { planned: draft.planned, config, prior }, (place) => {
    const { default: preset, stable } = place.attribute.options;
    if (!isLeftToProvider(place) || preset !== undefined) return place.planned;
    const kept = stable === true && place.existed && place.prior !== null && !replaced;
    return kept ? place.planned : UNKNOWN;
  });
  return { ...draft, planned };
};
