import {
  type Collection,
  changesOf,
  collections,
  guardCapabilities,
  guardManagement,
  guardRevision,
  type Instance,
  type KeyMark,
  type PortForward,
  type Project,
  pageOf,
  parse,
  RepeatableCreates,
  type Repository,
  required,
  type Turns,
} from "../contract";
import type { PlainApi, PlainCollection } from "./api";
import { type Everything, type PlainName, readEverything } from "./everything";
import { memoText } from "./memo";
import type { Rules } from "./rules";

/** A collection of the contract over one of an API. */
export function plainRepository<E extends Project | Instance | PortForward>(
  api: PlainApi,
  name: PlainName,
  rules: Rules<E>,
  turns: Turns,
): Repository<E, object, object, object> {
  const collection: Collection = collections[name];
  const things = api[name] as unknown as PlainCollection<unknown, E>;
  const creates = new RepeatableCreates();
  const entitiesOf = (all: Everything) => all[name] as readonly unknown[] as readonly E[];
  const find = (all: Everything, id: string): E =>
    required(
      entitiesOf(all).find((entity) => entity.id === id),
      collection.noun,
      id,
    );
  /** One change at a time, so that what was checked is still true when it is made. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => turns.take("change", change);

  async function put(wanted: E, mark: Partial<KeyMark>, before?: E): Promise<E> {
    const guard = async () => rules.guardPut(wanted, await readEverything(api), api, before);
    await guard();
    const { description, labels, ownershipId, revision = 1 } = wanted;
    const memo = memoText({ ...mark, description, labels, ownershipId, revision });
    const id = await things.put(wanted, memo, before?.id).catch(async (error) => {
      await guard();
      throw error;
    });
    return find(await readEverything(api), id);
  }

  return {
    async list(query) {
      const all = await readEverything(api);
      return pageOf(collection, entitiesOf(all), query, ({ id }, key) => all.memoOf(name, id).key === key);
    },

    get: async (id) => find(await readEverything(api), id),

    async create(input, { idempotencyKey } = {}) {
      const body = parse(collection.create, input) as unknown as E;
      guardCapabilities(collection, { ...body }, (await api.info()).capabilities);
      const made = async ({ key }: KeyMark) => {
        const all = await readEverything(api);
        const entity = entitiesOf(all).find(({ id }) => all.memoOf(name, id).key === key);
        return entity && { entity, request: all.memoOf(name, entity.id).request };
      };
      return creates.once(idempotencyKey, [name, body], made, (mark) => inTurn(() => put(body, { ...mark })));
    },

    async update(id, patch, { revision } = {}) {
      const body = parse(collection.patch, patch);
      guardCapabilities(collection, body, (await api.info()).capabilities);
      return inTurn(async () => {
        const all = await readEverything(api);
        const before = find(all, id);
        guardRevision(before, collection.noun, revision);
        const changes = changesOf<E>(before, body as Partial<E>);
        if (!changes) return before;
        const { key, request } = all.memoOf(name, id);
        return put({ ...before, ...changes }, key === undefined ? {} : { key, request }, before);
      });
    },

    async delete(id, { revision } = {}) {
      guardManagement(collection, (await api.info()).capabilities);
      await inTurn(async () => {
        const all = await readEverything(api);
        const entity = find(all, id);
        guardRevision(entity, collection.noun, revision);
        rules.guardDelete(entity, all);
        await things.delete(id);
      });
    },
  };
}
