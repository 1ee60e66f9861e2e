import { collections, type Platform, PlatformError, type Project, parse } from "../contract";
import { changesOf, guardRevision, required } from "./change";
import type { Context } from "./context";
import { newId } from "./identifier";
import { listPage } from "./listing";
import { freeNetwork } from "./private-network";
import type { ProjectRow } from "./store";

const { noun, create: createSchema, patch: patchSchema } = collections.projects;

/** Projects and their rules: unique names, a private network each, not deleted while something is in them. */
export function projectRepository({ store, settings }: Context): Platform["projects"] {
  const { projects, database } = store;
  const toEntity = (row: ProjectRow): Project => ({ ...row, externalIps: [...settings.externalIps] });
  const guardName = (name: string, self?: string): void => {
    const holder = projects.find({ name });
    if (!holder || holder.id === self) return;
    throw new PlatformError(
      "project_name_taken",
      `A project named ${JSON.stringify(name)} exists: ${holder.id}.`,
      {
        field: "/name",
        details: { projectId: holder.id },
      },
    );
  };

  return {
    list: async (query) => listPage(collections.projects, projects, query, toEntity),

    get: async (id) => toEntity(required(projects.get(id), noun, id)),

    create: async (input, options = {}) => {
      const body = parse(createSchema, input);
      const find = async (id: string) => {
        const row = projects.get(id);
        return row && toEntity(row);
      };
      return store.idempotencyKeys.once(options.idempotencyKey, ["projects", body], find, async (claim) =>
        database.transaction(() => {
          guardName(body.name);
          const row: ProjectRow = {
            id: newId("prj"),
            ...body,
            privateCidr: freeNetwork(store, settings),
            revision: 1,
            createdAt: new Date().toISOString(),
          };
          projects.insert(row);
          claim(row.id);
          return toEntity(row);
        }),
      );
    },

    update: async (id, patch, options = {}) => {
      const body = parse(patchSchema, patch);
      return database.transaction(() => {
        const row = required(projects.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        const changes = changesOf(row, body);
        if (!changes) return toEntity(row);
        if (changes.name !== undefined) guardName(changes.name, id);
        projects.update(id, changes);
        return toEntity({ ...row, ...changes });
      });
    },

    delete: async (id, options = {}) =>
      database.transaction(() => {
        const row = required(projects.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        guardEmpty(row);
        projects.delete(id);
      }),
  };

  function guardEmpty({ id, name }: ProjectRow): void {
    const left = [
      ...store.instances
        .select({ where: { projectId: id } })
        .map((row) => `instance ${row.name} (${row.id})`),
      ...store.portForwards
        .select({ where: { projectId: id } })
        .map((row) => `port forward ${row.externalIp}:${row.externalPort}/${row.protocol} (${row.id})`),
    ];
    if (left.length === 0) return;
    const more = left.length > 10 ? ` and ${left.length - 10} more` : "";
    throw new PlatformError(
      "project_not_empty",
      `The project ${name} (${id}) still has ${left.slice(0, 10).join(", ")}${more}.`,
      { details: { left: left.slice(0, 10), count: left.length } },
    );
  }
}
