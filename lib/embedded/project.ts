import {
  administrator,
  type Caller,
  changesOf,
  collections,
  foreignProjectNameTaken,
  forwardKey,
  guardCapabilities,
  guardManagement,
  guardRevision,
  type Platform,
  type Project,
  parse,
  projectNameTaken,
  projectNotEmpty,
  required,
  shownOfProject,
} from "../contract";
import type { Context } from "./context";
import { newId } from "./identifier";
import { listPage } from "./listing";
import { freeNetwork } from "./private-network";
import type { ProjectRow } from "./store";

const { noun, create: createSchema, patch: patchSchema } = collections.projects;

/** Projects and their rules: unique names, a private network each, not deleted while something is in them. */
export function projectRepository({ store, settings, info }: Context): Platform["projects"] {
  const { projects, database } = store;
  const toEntity = (row: ProjectRow): Project => ({ ...row, externalIps: [...settings.externalIps] });
  const guardName = (name: string, caller: Caller, self?: string): void => {
    const row = projects.find({ name });
    if (!row || row.id === self) return;
    throw caller.projectId === null ? projectNameTaken(row) : foreignProjectNameTaken(name);
  };
  const ofCaller = ({ projectId }: Caller): Partial<ProjectRow> =>
    projectId === null ? {} : { id: projectId };

  return {
    list: async (query, { caller = administrator } = {}) =>
      listPage(collections.projects, projects, query, toEntity, {}, ofCaller(caller)),

    get: async (id) => toEntity(required(projects.get(id), noun, id)),

    create: async (input, options = {}) => {
      const { caller = administrator } = options;
      const body = parse(createSchema, input);
      guardCapabilities(collections.projects, body, info.capabilities);
      const find = async (id: string) => {
        const row = projects.get(id);
        return row && toEntity(row);
      };
      const keyed = { key: options.idempotencyKey, scope: "", request: ["projects", body] };
      return store.idempotencyKeys.once(keyed, find, async (claim) =>
        database.undoable(() => {
          guardName(body.name, caller);
          const row: ProjectRow = {
            id: newId("prj"),
            ...body,
            privateCidr: freeNetwork(store, settings),
            revision: 1,
            createdAt: new Date().toISOString(),
          };
          projects.insert(row, caller);
          claim(row.id);
          return toEntity(row);
        }),
      );
    },

    update: async (id, patch, options = {}) => {
      const { caller = administrator } = options;
      const body = parse(patchSchema, patch);
      guardCapabilities(collections.projects, body, info.capabilities);
      return database.undoable(() => {
        const row = required(projects.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        const changes = changesOf(row, body);
        if (!changes) return toEntity(row);
        if (changes.name !== undefined) guardName(changes.name, caller, id);
        projects.update(id, changes, caller);
        return toEntity({ ...row, ...changes });
      });
    },

    delete: async (id, options = {}) => {
      guardManagement(collections.projects, info.capabilities);
      return database.kept(() => {
        const row = required(projects.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        guardEmpty(row);
        projects.delete(id, options.caller ?? administrator);
      });
    },
  };

  /** @throws PlatformError `project_not_empty` with the first of what is left in it */
  function guardEmpty(project: ProjectRow): void {
    const inside = { projectId: project.id };
    const count = store.instances.count(inside) + store.portForwards.count(inside);
    if (count === 0) return;
    const first = { where: inside, limit: shownOfProject };
    const left = [
      ...store.instances.select(first).map((row) => `instance ${row.name} (${row.id})`),
      ...store.portForwards.select(first).map((row) => `port forward ${forwardKey(row)} (${row.id})`),
    ];
    throw projectNotEmpty(project, left, count);
  }
}
