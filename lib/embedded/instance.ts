import { collections, type Instance, type Platform, PlatformError, parse } from "../contract";
import { changesOf, guardRevision, required, restore } from "./change";
import type { Context } from "./context";
import { newId } from "./identifier";
import { listPage } from "./listing";
import { freeAddress } from "./private-network";
import type { InstanceRow } from "./store";

const { noun, create: createSchema, patch: patchSchema } = collections.instances;

/** Instances and their rules: known images and flavors; their forwards outlive them, detached. */
export function instanceRepository({ store, images, flavors, reconciler }: Context): Platform["instances"] {
  const { instances, portForwards, projects, database } = store;
  const toEntity = (row: InstanceRow): Instance => ({ ...row, status: reconciler.instanceStatus(row.id) });
  const current = (id: string): Instance => toEntity(required(instances.get(id), noun, id));

  return {
    list: async (query) => listPage(collections.instances, instances, query, toEntity),

    get: async (id) => current(id),

    create: async (input, options = {}) => {
      const body = parse(createSchema, input);
      const find = (id: string) => {
        const row = instances.get(id);
        return row && toEntity(row);
      };
      return store.idempotencyKeys.once(options.idempotencyKey, ["instances", body], find, async (claim) => {
        const row = database.transaction(() => {
          const project = required(projects.get(body.projectId), "project", body.projectId, "/projectId");
          guardKnown("unknown_image", "image", body.image, images);
          guardKnown("unknown_flavor", "flavor", body.flavor, flavors);
          const made: InstanceRow = {
            id: newId("ins"),
            ...body,
            privateIp: freeAddress(store, project),
            revision: 1,
            createdAt: new Date().toISOString(),
          };
          instances.insert(made);
          claim(made.id);
          return made;
        });
        try {
          await reconciler.instance(row.id);
        } catch (error) {
          // Nothing half made is left: the row, its key and whatever runs go again.
          database.transaction(() => {
            detachForwards(row.id);
            instances.delete(row.id);
            store.idempotencyKeys.release(row.id);
          });
          await reconciler.instance(row.id);
          throw failed(row, error);
        }
        return current(row.id);
      });
    },

    update: async (id, patch, options = {}) => {
      const body = parse(patchSchema, patch);
      const before = database.transaction(() => {
        const row = required(instances.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        const changes = changesOf(row, body);
        if (!changes) return undefined;
        if (changes.flavor !== undefined) guardKnown("unknown_flavor", "flavor", changes.flavor, flavors);
        instances.update(id, changes);
        return row;
      });
      if (!before) return current(id);
      try {
        await reconciler.instance(id);
      } catch (error) {
        restore(instances, before);
        await reconciler.instance(id).catch(() => {});
        throw failed(before, error);
      }
      return current(id);
    },

    delete: async (id, options = {}) => {
      const detached = database.transaction(() => {
        const row = required(instances.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        const ids = detachForwards(id);
        instances.delete(id);
        return ids;
      });
      await Promise.all([
        ...detached.map((forward) => reconciler.portForward(forward)),
        reconciler.instance(id),
      ]);
    },
  };

  /** The forwards keep their external ports; a later update gives them another instance. */
  function detachForwards(instanceId: string): string[] {
    const rows = portForwards.select({ where: { instanceId } });
    for (const row of rows) portForwards.update(row.id, { instanceId: null, revision: row.revision + 1 });
    return rows.map((row) => row.id);
  }
}

function guardKnown(
  code: "unknown_image" | "unknown_flavor",
  field: "image" | "flavor",
  name: string,
  known: readonly { name: string }[],
): void {
  if (known.some((entry) => entry.name === name)) return;
  const names = known.map((entry) => entry.name).join(", ");
  throw new PlatformError(code, `There is no ${field} ${JSON.stringify(name)}; the platform has ${names}.`, {
    field: `/${field}`,
    details: { known: known.map((entry) => entry.name) },
  });
}

function failed(row: InstanceRow, cause: unknown): PlatformError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PlatformError(
    "instance_failed",
    `The instance ${row.name} (image ${row.image}) did not start: ${reason}`,
    {
      cause,
    },
  );
}
