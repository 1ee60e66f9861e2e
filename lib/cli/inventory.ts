import { type Instance, listAll, type Platform, type PortForward, type Project } from "../contract";
import { chosenProjects } from "./project-choice";

/** A line of the platform's console: a forward and what it leads to, or an instance without forwards. */
export interface InventoryLine {
  readonly project: Project;
  /** Undefined when the forward is detached. */
  readonly instance?: Instance;
  readonly forward?: PortForward;
}

/** Which lines are wanted. */
export interface InventoryQuery {
  /** Name or id of a project. */
  readonly project?: string | undefined;
  /** What is wanted of forwards and of instances alike. */
  wanted(entity: { readonly ownershipId: string | null }): boolean;
}

/**
 * Each instance with its forwards, project by project, as the platform lists them.
 * @throws UsageError for a project that does not exist
 */
export async function inventoryOf(platform: Platform, query: InventoryQuery): Promise<InventoryLine[]> {
  const projects = await chosenProjects(platform, query.project);
  const ofProject = query.project === undefined ? {} : { projectId: projects[0]!.id };
  const [instances, forwards] = await Promise.all([
    listAll(platform.instances, ofProject),
    listAll(platform.portForwards, ofProject),
  ]);
  const known = new Set(instances.map(({ id }) => id));
  const detached = "";
  const forwardsAt = groupBy(
    forwards.filter((forward) => query.wanted(forward)),
    ({ projectId, instanceId }) =>
      `${projectId} ${instanceId !== null && known.has(instanceId) ? instanceId : detached}`,
  );
  const instancesIn = groupBy(instances, ({ projectId }) => projectId);
  return projects.flatMap((project) => [
    ...(instancesIn.get(project.id) ?? []).flatMap((instance): InventoryLine[] => {
      const own = forwardsAt.get(`${project.id} ${instance.id}`);
      if (own) return own.map((forward) => ({ project, instance, forward }));
      return query.wanted(instance) ? [{ project, instance }] : [];
    }),
    ...(forwardsAt.get(`${project.id} ${detached}`) ?? []).map((forward) => ({ project, forward })),
  ]);
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
