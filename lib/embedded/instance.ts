import {
  administrator,
  type Caller,
  changesOf,
  collections,
  guardCapabilities,
  guardKnownName,
  guardManagement,
  guardRevision,
  guardUnprotected,
  type Instance,
  type Platform,
  PlatformError,
  parse,
  required,
  Turns,
} from "../contract";
import type { About } from "./audited-table";
import type { Context } from "./context";
import { newId } from "./identifier";
import { listPage } from "./listing";
import { freeAddress } from "./private-network";
import { guardQuota } from "./quota";
import { machineFields } from "./reconciler";
import { restore } from "./restore";
import type { InstanceRow } from "./store";

const { noun, create: createSchema, patch: patchSchema } = collections.instances;

/** Instances and their rules: known images and flavors; their forwards outlive them, detached. */
export function instanceRepository({
  store,
  images,
  flavors,
  info,
  reconciler,
}: Context): Platform["instances"] {
  const { instances, portForwards, projects, database } = store;
  // What an instance is told at its first start is for the engine alone.
  const toEntity = ({ userData: _, ...row }: InstanceRow): Instance => ({
    ...row,
    status: reconciler.instanceStatus(row.id),
  });
  // One change of an instance at a time, so that taking one back meets no other.
  const turns = new Turns();
  const current = (id: string): Instance => toEntity(required(instances.get(id), noun, id));

  return {
    list: async (query) => listPage(collections.instances, instances, query, toEntity),

    get: async (id) => current(id),

    create: async (input, options = {}) => {
      const { caller = administrator } = options;
      const body = parse(createSchema, input);
      guardCapabilities(collections.instances, body, info.capabilities);
      const keyed = {
        key: options.idempotencyKey,
        scope: body.projectId,
        request: ["instances", body],
      };
      return store.idempotencyKeys.once(keyed, usable, async (claim) => {
        const row = await database.undoable(() => {
          const project = required(projects.get(body.projectId), "project", body.projectId, "/projectId");
          guardQuota(store, project, "instances");
          guardKnownName("image", body.image, namesOf(images));
          guardKnownName("flavor", body.flavor, namesOf(flavors));
          const made: InstanceRow = {
            id: newId("ins"),
            ...body,
            userData: body.userData ?? null,
            privateIp: freeAddress(store, project),
            revision: 1,
            createdAt: new Date().toISOString(),
          };
          instances.insert(made, caller);
          claim(made.id);
          return made;
        });
        await turns.take(row.id, () => startOrUndo(row, caller));
        return current(row.id);
      });
    },

    update: async (id, patch, options = {}) => {
      const { caller = administrator } = options;
      const body = parse(patchSchema, patch);
      guardCapabilities(collections.instances, body, info.capabilities);
      return turns.take(id, async () => {
        const row = required(instances.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        const changes = changesOf(row, body);
        if (!changes) return current(id);
        if (changes.flavor !== undefined) guardKnownName("flavor", changes.flavor, namesOf(flavors));
        await database.undoable(() => instances.update(id, changes, caller));
        if (!machineFields.some((field) => field in changes)) return current(id);
        try {
          await reconciler.instance(id);
        } catch (error) {
          await database.kept(() => restore(instances, row, changes, caller));
          await reconciler.settleInstance(id);
          throw failed(row, error);
        }
        return current(id);
      });
    },

    delete: async (id, options = {}) => {
      guardManagement(collections.instances, info.capabilities);
      return turns.take(id, async () => {
        const row = required(instances.get(id), noun, id);
        guardRevision(row, noun, options.revision);
        guardUnprotected(row, `${noun} ${row.name}`);
        await end(id, options.caller ?? administrator);
      });
    },
  };

  /** Starts a new instance; one that does not start leaves nothing. */
  async function startOrUndo(row: InstanceRow, caller: Caller): Promise<void> {
    try {
      await reconciler.instance(row.id);
    } catch (error) {
      const about = { note: "taken back: it did not start" };
      await end(row.id, caller, about, () => store.idempotencyKeys.release(row.id));
      throw failed(row, error);
    }
  }

  /** Rows first: the forwards are detached and keep their ports, then what ran for the instance ends. */
  async function end(id: string, caller: Caller, about?: About, inTransaction = () => {}): Promise<void> {
    const detached = await database.kept(() => {
      const ids = detachForwards(id, caller);
      instances.delete(id, caller, about);
      store.blocks.tidy();
      inTransaction();
      return ids;
    });
    await Promise.all([
      ...detached.map((forward) => reconciler.portForward(forward)),
      reconciler.instance(id),
    ]);
  }

  /** What a key has made before: perhaps before a restart, and a create promises that it is usable. */
  async function usable(id: string): Promise<Instance | undefined> {
    const row = instances.get(id);
    if (!row) return undefined;
    await reconciler.instance(id).catch((error) => Promise.reject(failed(row, error)));
    return current(id);
  }

  /** The forwards keep their external ports; a later update gives them another instance. */
  function detachForwards(instanceId: string, caller: Caller): string[] {
    const rows = portForwards.select({ where: { instanceId } });
    for (const row of rows) {
      const changes = { instanceId: null, revision: row.revision + 1 };
      portForwards.update(row.id, changes, caller, { note: "detached: its instance is gone" });
    }
    return rows.map((row) => row.id);
  }
}

const namesOf = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name);

function failed(row: InstanceRow, cause: unknown): PlatformError {
  if (cause instanceof PlatformError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PlatformError(
    "instance_failed",
    `The instance ${row.name} (image ${row.image}) did not start: ${reason}`,
    {
      cause,
    },
  );
}
