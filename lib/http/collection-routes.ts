import {
  type ChangeOptions,
  type Collection,
  type CollectionName,
  collections,
  type Platform,
  PlatformError,
  type Reader,
  type Repository,
} from "../contract";
import { type Context, callOf, type Env, type Hono, methodNotAllowed, readBody } from "./request";
import { apiPrefix, etagOf, idempotencyKeyHeader, revisionOf } from "./routes";

type AnyRepository = Repository<{ revision?: number }, object, object, object>;

/** Puts every collection of the contract at its path. */
export function mountCollections(app: Hono<Env>, platform: Platform): void {
  for (const [name, declared] of Object.entries(collections)) {
    const path = `${apiPrefix}/${declared.path}`;
    const repository = platform[name as CollectionName];
    mountList(app, path, repository as Reader<unknown>);
    if ("create" in declared)
      mountChanges(app, path, repository as unknown as AnyRepository, declared as Collection);
    const changeable = "create" in declared;
    app.all(path, methodNotAllowed(changeable ? "GET, POST" : "GET"));
    if (changeable) app.all(`${path}/:id`, methodNotAllowed("GET, PATCH, DELETE"));
  }
}

function mountList(app: Hono<Env>, path: string, reader: Reader<unknown>): void {
  app.get(path, async (c) => c.json(await reader.list(c.req.query(), callOf(c))));
}

function mountChanges(app: Hono<Env>, path: string, repository: AnyRepository, { noun }: Collection): void {
  const item = `${path}/:id` as const;
  const answer = (c: Context<Env>, entity: { revision?: number }, status: 200 | 201 = 200) => {
    if (entity.revision !== undefined) c.header("etag", etagOf(entity.revision));
    return c.json(entity, status);
  };
  app.post(path, async (c) => {
    const idempotencyKey = c.req.header(idempotencyKeyHeader);
    return answer(
      c,
      await repository.create(await readBody(c), { idempotencyKey, caller: c.get("caller") }),
      201,
    );
  });
  app.get(item, async (c) => answer(c, await repository.get(c.req.param("id"), callOf(c))));
  app.patch(item, async (c) =>
    answer(c, await repository.update(c.req.param("id"), await readBody(c), changeOf(c, noun))),
  );
  app.delete(item, async (c) => {
    await repository.delete(c.req.param("id"), changeOf(c, noun));
    return c.body(null, 204);
  });
}

function changeOf(c: Context<Env>, noun: string): ChangeOptions {
  return { revision: ifMatch(c, noun), caller: c.get("caller") };
}

function ifMatch(c: Context<Env>, noun: string): number | undefined {
  const etag = c.req.header("if-match");
  if (etag === undefined || etag === "*") return undefined;
  const revision = revisionOf(etag);
  if (revision !== undefined) return revision;
  throw new PlatformError(
    "malformed_request",
    `If-Match is ${JSON.stringify(etag)}, but it has to be the ${noun}'s revision as an entity tag, such as "3".`,
  );
}
