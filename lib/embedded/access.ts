import {
  administrator,
  type Caller,
  type CallOptions,
  collections,
  guardRole,
  guardWholePlatform,
  type Platform,
  PlatformError,
  type Repository,
  required,
} from "../contract";

type OfProject = { readonly id: string; readonly projectId: string };
type Naming = { projectId?: string | undefined; instanceId?: string | undefined };
// biome-ignore lint/suspicious/noExplicitAny: what a create and a patch hold besides is the noun's own matter
type Owned = Repository<OfProject, any, any, any>;

/**
 * A platform that gives each caller what its token allows: the role decides what may be done, and to a caller of one
 * project there is nothing else. What belongs to another project does not exist for it, in answers and in errors.
 */
export function withAccess(platform: Platform): Platform {
  const { projects, instances, portForwards } = platform;
  const seesInstance = async (id: string, options: CallOptions) => {
    const instance = await instances.get(id, options).catch(whereNone);
    return isVisible(instance, callerOf(options));
  };
  return {
    ...platform,
    projects: guardedProjects(projects),
    instances: guarded(instances as unknown as Owned, "instance", seesInstance) as never,
    portForwards: guarded(portForwards as unknown as Owned, "port forward", seesInstance) as never,
  };
}

const callerOf = ({ caller = administrator }: CallOptions = {}): Caller => caller;

function guardedProjects(projects: Platform["projects"]): Platform["projects"] {
  const { noun } = collections.projects;
  const guardVisible = (id: string, { projectId }: Caller): void => {
    if (projectId !== null && projectId !== id) required(undefined, noun, id);
  };
  return {
    // A caller of one project gets a list of it alone.
    list: projects.list,
    get: async (id, options = {}) => {
      guardVisible(id, callerOf(options));
      return projects.get(id, options);
    },
    create: async (input, options = {}) => {
      const caller = callerOf(options);
      guardRole(caller, "editor", "make a project");
      guardWholePlatform(caller, "make a project");
      return projects.create(input, options);
    },
    update: async (id, patch, options = {}) => {
      const caller = callerOf(options);
      guardVisible(id, caller);
      guardRole(caller, caller.projectId === null ? "editor" : "admin", "change a project");
      const isLimit = patch.instanceQuota !== undefined || patch.portForwardQuota !== undefined;
      if (isLimit) guardWholePlatform(caller, "change a project's quotas");
      return projects.update(id, patch, options);
    },
    delete: async (id, options = {}) => {
      const caller = callerOf(options);
      guardVisible(id, caller);
      guardRole(caller, "editor", "delete a project");
      guardWholePlatform(caller, "delete a project");
      return projects.delete(id, options);
    },
  };
}

/** What belongs to projects: everything is looked up first, so that what is foreign is missing, whatever is asked of it. */
function guarded(
  repository: Owned,
  noun: string,
  seesInstance: (id: string, options: CallOptions) => Promise<boolean>,
): Owned {
  const one = articled(noun);
  const visible = async (id: string, options: CallOptions): Promise<OfProject> => {
    const entity = await repository.get(id, options);
    return required(isVisible(entity, callerOf(options)) ? entity : undefined, noun, id);
  };
  /** What a request names is its own, or not there. */
  const guardNamed = async ({ projectId, instanceId }: Naming, options: CallOptions): Promise<void> => {
    const caller = callerOf(options);
    if (caller.projectId === null) return;
    if (typeof projectId === "string" && projectId !== caller.projectId)
      required(undefined, "project", projectId, "/projectId");
    if (typeof instanceId === "string" && !(await seesInstance(instanceId, options)))
      required(undefined, "instance", instanceId, "/instanceId");
  };
  return {
    list: async (query = {}, options = {}) => {
      const { projectId } = callerOf(options);
      if (projectId === null) return repository.list(query, options);
      const other = query.projectId !== undefined && query.projectId !== projectId;
      // Asked all the same, so that what is wrong with the rest of the query is said.
      const page = await repository.list({ ...query, projectId }, options);
      return other ? { items: [], nextCursor: null } : page;
    },
    get: visible,
    create: async (input, options = {}) => {
      guardRole(callerOf(options), "editor", `make ${one}`);
      await guardNamed(input, options);
      return repository.create(input, options);
    },
    update: async (id, patch, options = {}) => {
      await visible(id, options);
      guardRole(callerOf(options), "editor", `change ${one}`);
      await guardNamed(patch, options);
      return repository.update(id, patch, options);
    },
    delete: async (id, options = {}) => {
      await visible(id, options);
      guardRole(callerOf(options), "editor", `delete ${one}`);
      return repository.delete(id, options);
    },
  };
}

function isVisible(entity: OfProject | undefined, { projectId }: Caller): boolean {
  return entity !== undefined && (projectId === null || entity.projectId === projectId);
}

function whereNone(error: unknown): undefined {
  if (error instanceof PlatformError && error.code === "not_found") return undefined;
  throw error;
}

const articled = (noun: string): string => `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
