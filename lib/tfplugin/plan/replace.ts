import { type Level, typeOfLevel } from "../schema/level";
import { type Path, pathText } from "../schema/path";
import { withTimeouts } from "../timeouts";
import { equal } from "../value/equal";
import type { Fields } from "../value/type";
import type { PlanRequest, PlanStep } from "./draft";
import { unknownReplacements } from "./unknown-parts";
import { mapAttributes, pathOf } from "./walk";

/**
 * Which changes need a new object. This comes before computed values become unknown, because a new object gets new
 * ones. A value that is not known yet counts as a change: the user must see the replacement before it happens.
 */
export const requireReplace: PlanStep = (draft, request) =>
  draft.changed ? { ...draft, replace: replacements(draft.planned, request) } : draft;

/** The same for what `modifyPlan` has made of the plan: the attributes and blocks that it changed. */
export function replacementsOfHook(before: Fields, after: Fields, request: PlanRequest): Path[] {
  const { resource, type } = request;
  const isNew = ([name]: [string, unknown]) => !equal(before[name], after[name], type[1][name]!);
  const attributes = Object.entries(resource.attributes).filter(isNew);
  const blocks = Object.entries(resource.blocks ?? {}).filter(isNew);
  if (attributes.length === 0 && blocks.length === 0) return [];
  const part = { attributes: Object.fromEntries(attributes), blocks: Object.fromEntries(blocks) };
  return replacements(after, request, part);
}

function replacements(
  planned: Fields,
  { resource, config, prior }: PlanRequest,
  level: Level = resource,
): Path[] {
  if (prior === null) return [];
  if (!resource.update) return topLevelChanges(level, withTimeouts(resource, planned, prior), prior);
  const replace: Path[] = [];
  mapAttributes(level, { planned, config, prior }, (place) => {
    const { replace: rule } = place.attribute.options;
    if (rule && !equal(place.planned, place.prior, place.attribute.type)) {
      const decided = rule === true || rule({ prior: place.prior as never, planned: place.planned });
      if (decided) replace.push(pathOf(place));
    }
    return place.planned;
  });
  return unique([...replace, ...unknownReplacements(level, planned)]);
}

function topLevelChanges(level: Level, planned: Fields, prior: Fields): Path[] {
  const changed = Object.entries(typeOfLevel(level)[1]).filter(
    ([name, type]) => !equal(planned[name], prior[name], type),
  );
  return changed.map(([name]) => [name]);
}

function unique(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [pathText(path), path])).values()];
}
