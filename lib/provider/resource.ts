import { randomUUID } from "node:crypto";
import type * as z from "zod";
import {
  type ChangeOptions,
  type Collection,
  type CreateOptions,
  collections,
  PlatformError,
} from "../contract";
import { equal, forClient, isUnknown, type Resource } from "../tfplugin";
import { attributeOf } from "./attribute";
import type { Fact } from "./fact";
import { attributeName } from "./name";
import type { Session } from "./session";
import type { SnapshotName } from "./snapshot";

type Values = Record<string, unknown>;
type Entity<K extends SnapshotName> = z.output<(typeof collections)[K]["entity"]>;

/** The create, read, update and delete of any collection. */
interface AnyRepository {
  get(id: string, options: { signal: AbortSignal }): Promise<Values>;
  create(input: Values, options: CreateOptions): Promise<Values>;
  update(id: string, patch: Values, options: ChangeOptions): Promise<Values>;
  delete(id: string, options: ChangeOptions): Promise<void>;
}

const { defineResource } = forClient<Session>();

/**
 * A collection of the contract as a Terraform resource. Every field of the entity has to be given a fact, so
 * a new field of the contract does not compile until the provider has answered for it.
 */
export function platformResource<K extends SnapshotName>(
  name: K,
  description: string,
  facts: { readonly [F in keyof Entity<K>]-?: Fact },
): Resource<Session> {
  const collection: Collection = collections[name];
  const shown = (Object.entries(facts) as [string, Fact][]).filter(([, fact]) => fact.kind !== "hidden");
  const configuredFields = shown.filter(([, fact]) => fact.kind === "configured" || fact.kind === "replaces");
  const attributes = Object.fromEntries(
    shown.map(([field, fact]) => [attributeName(field), attributeOf(collection, field, fact)]),
  );
  const repositoryOf = ({ platform }: Session) => platform[name] as unknown as AnyRepository;
  const toState = (entity: Values): Values =>
    Object.fromEntries(shown.map(([field]) => [attributeName(field), entity[field] ?? null]));

  return defineResource({
    description,
    attributes,

    async create({ client, plan, signal }) {
      const values = plan as Values;
      const input: Values = {};
      for (const [field] of configuredFields) {
        const value = values[attributeName(field)];
        if (value !== null && !isUnknown(value)) input[field] = value;
      }
      const options = { idempotencyKey: randomUUID(), signal };
      return toState(await client.snapshots.around(() => repositoryOf(client).create(input, options)));
    },

    async read({ client, state, signal }) {
      const { id, project_id: projectId } = state as { id: string; project_id?: string | null };
      // After an import only the id is known; one read then says where the object belongs.
      const entity =
        projectId === null
          ? await repositoryOf(client).get(id, { signal }).catch(goneAsUndefined)
          : await client.snapshots.find(name, projectId, id, signal);
      return entity ? toState(entity as unknown as Values) : null;
    },

    async update({ client, plan, state, signal }) {
      const patch: Values = {};
      for (const [field, fact] of configuredFields) {
        const attribute = attributeName(field);
        const planned = (plan as Values)[attribute];
        if (fact.kind !== "configured" || isUnknown(planned)) continue;
        if (!equal(planned, (state as Values)[attribute], attributes[attribute]!.type))
          patch[field] = planned;
      }
      const id = String(state.id);
      return toState(await client.snapshots.around(() => repositoryOf(client).update(id, patch, { signal })));
    },

    async delete({ client, state, signal }) {
      const id = String(state.id);
      await client.snapshots.around(() => repositoryOf(client).delete(id, { signal }).catch(goneAsUndefined));
    },

    modifyPlan({ action, plan, state }) {
      if (action !== "update" || !state) return undefined;
      const next = { ...(plan as Values) };
      const prior = state as Values;
      for (const [field, fact] of shown) {
        if (fact.kind !== "stable" || fact.with.length === 0) continue;
        const kept = fact.with.every(
          (source) => next[attributeName(source)] === prior[attributeName(source)],
        );
        if (kept) next[attributeName(field)] = prior[attributeName(field)];
      }
      return next;
    },
  });
}

function goneAsUndefined(error: unknown): undefined {
  if (error instanceof PlatformError && error.code === "not_found") return undefined;
  throw error;
}
