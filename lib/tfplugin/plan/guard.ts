import { typeOfNested } from "../schema/level";
import { pathText } from "../schema/path";
import { equal } from "../value/equal";
import { isFields } from "../value/type";
import { isUnknown } from "../value/unknown";
import type { PlanStep } from "./draft";
import { isLeftToProvider, mapAttributes, type Place, pathOf } from "./walk";

/**
 * What the user wrote must be planned as it was written. Only `modifyPlan` can break that, so only then is it checked.
 * Terraform checks it too, but its message blames "a bug in the provider" and shows values in Go's notation.
 */
export const guardConfiguredValues: PlanStep = (draft, { resource, type, config, prior, diagnostics }) => {
  if (!resource.modifyPlan) return draft;
  mapAttributes(resource, { planned: draft.planned, config, prior }, (place) => {
    if (!place.attribute.options.writeOnly && !isHonoured(place)) {
      diagnostics.error(
        `The plan contradicts the configuration of ${pathText(pathOf(place), type)}`,
        "The provider may plan a value of its own only where the configuration has none. " +
          "This is a mistake in the provider's modifyPlan; report it to its authors.",
        pathOf(place),
      );
    }
    return place.planned;
  });
  for (const [name, block] of Object.entries(resource.blocks ?? {})) {
    if (block.nesting !== "list" && block.nesting !== "set") continue;
    const planned = draft.planned[name];
    const written = config[name];
    if (isUnknown(written) ? equal(planned, written, typeOfNested(block)) : count(planned) === count(written))
      continue;
    diagnostics.error(
      `The plan contradicts the configuration of ${name}`,
      `The configuration has ${count(written)} blocks, and the plan ${count(planned)}. ` +
        "This is a mistake in the provider's modifyPlan; report it to its authors.",
      name,
    );
  }
  return draft;
};

/** A prior value may stay in place of the configured one: the provider says that both mean the same. */
function isHonoured(place: Place): boolean {
  const { attribute, planned, config, prior } = place;
  if (isLeftToProvider(place) || equal(planned, config, attribute.type)) return true;
  if (config !== null && prior !== null && equal(planned, prior, attribute.type)) return true;
  // Inside of what the user wrote, each attribute is asked on its own.
  if (!attribute.nested || config === null || isUnknown(config) || planned === null) return false;
  return isUnknown(planned) ? false : count(planned) === count(config);
}

function count(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isFields(value) ? Object.keys(value).length : 0;
}
