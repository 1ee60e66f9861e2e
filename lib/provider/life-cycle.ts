import type { Platform, Repository } from "../contract";
import { PlatformError } from "../contract";
import { equal, isUnknown, OperationTimeout, type PrivateState, type ResourceDefinition } from "../tfplugin";
import { IdempotencyKeys } from "./idempotency-key";
import { forgetImport, settleImport } from "./import";
import { sentAttribute } from "./labels";
import { onSeenRevision, rememberRevision } from "./revision";
import type { Session } from "./session";
import type { Shape, Values } from "./shape";
import { secretName, toState } from "./state";

type Object = Values & { readonly id: string; readonly revision: number };
type AnyRepository = Repository<Object, Values, Values, { idempotencyKey?: string }>;
type LifeCycle = Pick<ResourceDefinition<Session, never, never>, "create" | "read" | "update" | "delete">;

/** Create, read, update and delete of a collection's objects. */
export function lifeCycle(shape: Shape): LifeCycle {
  const keys = new IdempotencyKeys();
  const repositoryOf = ({ platform }: { readonly platform: Platform }) =>
    platform[shape.name] as unknown as AnyRepository;
  const stateOf = (session: Session, entity: Object, before: Values, privateState: PrivateState) => {
    rememberRevision(privateState, entity);
    return toState(shape, session, entity, before) as never;
  };

  return {
    async create({ client, plan, config, privateState, signal, leaving, save }) {
      const input = createInput(shape, client, plan, config);
      const idempotencyKey = keys.take(client, shape.type, input, privateState);
      const repository = repositoryOf(client);
      try {
        const entity = await client.snapshots.around(() =>
          inTime(repository.create(input, { idempotencyKey, signal }), signal, leaving),
        );
        return stateOf(client, entity, plan, privateState);
      } catch (error) {
        // Whatever the key has made all the same is kept, tainted, so that nothing is lost.
        const made =
          leaving.aborted || isUncertain(error) ? await madeBy(repository, idempotencyKey) : undefined;
        if (made) save(stateOf(client, made, plan, privateState));
        throw error;
      }
    },

    async read({ client, state, privateState, signal }) {
      const { id, project_id: projectId } = state as { id: string; project_id?: string };
      const entity = await client.understood(
        client.snapshots.refresh(shape.name, projectId ?? undefined, id, signal),
        signal,
      );
      if (!entity) return null;
      client.seen.add(id);
      // Complete is what a run before this one has left.
      if ((state as Values).created_at) settleImport(privateState);
      return stateOf(client, entity as unknown as Object, state, privateState);
    },

    async update({ client, plan, state, privateState, signal }) {
      const patch = patchOf(shape, plan, state);
      const entity = await guarded({ client, state, wanted: plan, privateState, signal }, (revision) =>
        repositoryOf(client).update(idOf(state), patch, { revision, signal }),
      );
      forgetImport(privateState);
      return stateOf(client, entity, plan, privateState);
    },

    async delete({ client, state, privateState, signal }) {
      const id = idOf(state);
      await guarded({ client, state, wanted: {}, privateState, signal }, (revision) =>
        repositoryOf(client).delete(id, { revision, signal }),
      ).catch(goneAsUndefined);
      client.deleted.add(id);
    },
  };

  function guarded<T>(
    call: {
      readonly client: Session;
      readonly state: Values;
      readonly wanted: Values;
      readonly privateState: PrivateState;
      readonly signal: AbortSignal;
    },
    run: (revision: number | undefined) => Promise<T>,
  ): Promise<T> {
    const { client, state, wanted, privateState, signal } = call;
    const change = {
      shape,
      privateState,
      state,
      wanted,
      read: async () => {
        const now = await repositoryOf(client).get(idOf(state), { signal });
        return { revision: now.revision, values: toState(shape, client, now, state) };
      },
      // An instance that this apply has deleted leaves its forwards detached.
      expected: (attribute: string, now: unknown) =>
        attribute === "instance_id" && now === null && client.deleted.has(String(state.instance_id)),
    };
    return client.snapshots.around(() => inTime(onSeenRevision(change, run), signal));
  }
}

const idOf = (state: Values): string => String(state.id);

/** What the user wrote, with the provider's own additions; what is open is the platform's to choose. */
function createInput(shape: Shape, session: Session, plan: Values, config: Values): Values {
  const input: Record<string, unknown> = {};
  const put = (field: string, value: unknown) => {
    if (value !== null && value !== undefined && !isUnknown(value)) input[field] = value;
  };
  for (const { field, attribute, fact } of shape.shown) {
    if (fact.kind === "configured" || fact.kind === "replaces") put(field, plan[sentAttribute(attribute)]);
  }
  for (const field of shape.secret) put(field, config[secretName(field)]);
  put("ownershipId", session.options.ownershipId);
  return input;
}

/** The fields that are to change, all in one request. */
function patchOf(shape: Shape, plan: Values, state: Values): Values {
  const patch: Record<string, unknown> = {};
  for (const { field, attribute, fact } of shape.shown) {
    const source = sentAttribute(attribute);
    const planned = plan[source];
    if (fact.kind !== "configured" || isUnknown(planned)) continue;
    if (!equal(planned, state[source], shape.attributes[source]!.type)) patch[field] = planned;
  }
  return patch;
}

/**
 * Waits for a change, but not beyond the operation's time limit, nor when nobody hears of it any more. Ctrl-C alone is no
 * reason not to learn what was made.
 */
function inTime<T>(change: Promise<T>, signal: AbortSignal, leaving?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => signal.reason instanceof OperationTimeout && reject(signal.reason);
    const leave = () => reject(leaving?.reason);
    signal.addEventListener("abort", stop);
    leaving?.addEventListener("abort", leave);
    const settled = () => {
      signal.removeEventListener("abort", stop);
      leaving?.removeEventListener("abort", leave);
    };
    change.then(resolve, reject).finally(settled);
  });
}

/** Whether the platform may have done what failed. */
function isUncertain(error: unknown): boolean {
  return (
    error instanceof OperationTimeout || (error instanceof PlatformError && error.code === "unreachable")
  );
}

const lookupMs = 5_000;

/** What a key has made; undefined also where nobody can say. The time of the operation does not count here. */
async function madeBy(repository: AnyRepository, idempotencyKey: string): Promise<Object | undefined> {
  try {
    return (await repository.list({ idempotencyKey }, { signal: AbortSignal.timeout(lookupMs) })).items[0];
  } catch {
    return undefined;
  }
}

function goneAsUndefined(error: unknown): undefined {
  if (error instanceof PlatformError && error.code === "not_found") return undefined;
  throw error;
}
