import type { Resource } from "../resource";
import { typeOfLevel } from "../schema/level";
import { withTimeouts } from "../timeouts";
import { equal } from "../value/equal";
import type { Fields } from "../value/type";

/**
 * Whether a plan changes an object, so that the provider has something to do. Other timeouts alone change nothing:
 * they are planned and kept, but make no value unknown, replace no object, and call no function.
 */
export function isChanged(resource: Resource, planned: Fields, prior: Fields): boolean {
  const type = typeOfLevel(resource);
  if (equal(planned, prior, type)) return false;
  return !resource.timeouts || !equal(withTimeouts(resource, planned, prior), prior, type);
}
