import { type Platform, pageOfNames, Turns } from "../contract";
import type { PlainApi } from "./api";
import { plainRepository } from "./repository";
import { instanceRules, portForwardRules, projectRules } from "./rules";

/**
 * A Platform over an API that has projects, instances and forwards under names of its own and keeps a memo with each.
 * What such APIs lack is added: idempotency keys, revisions, labels, ownership marks, filters and pages, and refusals
 * that name who holds what was wanted. Every call lists all that there is, and changes are made one at a time, so it
 * is for thousands of things, not for hundreds of thousands.
 *
 * What it cannot add is to lock: of two of these in front of one API, one may be refused by the API itself; it then
 * says whom by the same rules.
 *
 * @example
 * const platform = plainPlatform(api); // examples/custom-platform has one
 */
export function plainPlatform(api: PlainApi): Platform {
  const turns = new Turns();
  return {
    projects: plainRepository(api, "projects", projectRules, turns) as Platform["projects"],
    instances: plainRepository(api, "instances", instanceRules, turns) as Platform["instances"],
    portForwards: plainRepository(api, "portForwards", portForwardRules, turns) as Platform["portForwards"],
    images: { list: async (query) => pageOfNames(await api.images(), query) },
    flavors: { list: async (query) => pageOfNames(await api.flavors(), query) },
    info: () => api.info(),
  };
}
