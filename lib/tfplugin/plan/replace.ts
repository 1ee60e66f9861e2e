import { type Path, pathText } from "../schema/path";
import { withTimeouts } from "../timeouts";
import { equal } from "../value/equal";
import type { Fields, ObjectType } from "../value/type";
import type { PlanStep } from "./draft";
import { unknownReplacements } from "./unknown-parts";
import { mapAttributes, pathOf } from "./walk";

/**
 * Which changes need a new object. This comes before computed values become unknown, because a new object gets new
 * ones. A value that is not known yet counts as a change: the user must see the replacement before it happens.
 */
export const requireReplace: PlanStep = (draft, { resource, type, config, prior }) => {
  if (prior === null || !draft.changed) return draft;
  if (!resource.update) {
    const changes = topLevelChanges(type, withTimeouts(resource, draft.planned, prior), prior);
    return { ...draft, replace: changes };
  }
  const replace: Path[] = [];
  mapAttributes(resource, { planned: draft.planned, config, prior }, (place) => {
    const { replace: rule, writeOnly } = place.attribute.options;
    if (rule && !writeOnly && !equal(place.planned, place.prior, place.attribute.type)) {
      const decided = rule === true || rule({ prior: place.prior as never, planned: place.planned });
      if (decided) replace.push(pathOf(place));
    }
    return place.planned;
  });
  replace.push(...unknownReplacements(resource, draft.planned));
  return { ...draft, replace: unique(replace) };
};

function topLevelChanges([, fields]: ObjectType, planned: Fields, prior: Fields): Path[] {
  const changed = Object.entries(fields).filter(([name, type]) => !equal(planned[name], prior[name], type));
  return changed.map(([name]) => [name]);
}

function unique(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [pathText(path), path])).values()];
}
