import { isDeepStrictEqual } from "node:util";
import {
  type Catalogue,
  type ChangeOptions,
  type Collection,
  type CreateOptions,
  collections,
  compiledWhenBusy,
  IdempotencyKey,
  type Page,
  type Platform,
  parse,
  type Reader,
  type Repository,
} from "../contract";
import { httpAdministration } from "./administration-client";
import { check, misfit, read, succeed } from "./answer";
import { platformOverview } from "./overview";
import { platformInfo } from "./platform-info";
import { fromProblem } from "./problem";
import { apiPrefix, etagOf, idempotencyKeyHeader } from "./routes";
import { type Answer, type Request, Transport } from "./transport";

/** How to reach a platform over HTTP. */
export interface HttpPlatformOptions {
  /** Base URL without `/v1`: `http://127.0.0.1:7878`. */
  readonly endpoint: string;
  /** Who named the endpoint, for messages: `FAIRLEAD_ENDPOINT`. */
  readonly endpointSource?: string;
  /** Bearer token. */
  readonly token: string;
  /** Certificates, in PEM, that the platform's has to descend from. @default those that Node trusts */
  readonly ca?: string | undefined;
  /** Milliseconds for one try of a request. @default 60,000 */
  readonly timeoutMs?: number;
}

/** The platform behind an HTTP API. Nothing is sent before the first call; rejects with PlatformErrors only. */
export function httpPlatform(options: HttpPlatformOptions): Platform {
  const transport = new Transport({
    baseUrl: options.endpoint,
    baseUrlSource: options.endpointSource ?? "the endpoint option",
    headers: { authorization: `Bearer ${options.token}`, accept: "application/json" },
    ca: options.ca,
    caSetting: "FAIRLEAD_CA_FILE, or the provider's ca_file (caFile in a construct)",
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const entries = Object.entries(collections).map(([name, declared]) => [
    name,
    "create" in declared ? repository(declared as Collection, transport) : reader(declared, transport),
  ]);
  const platform: Platform = {
    ...(Object.fromEntries(entries) as Omit<Platform, "info" | "overview">),
    administration: httpAdministration(transport),
    info: (call) => platformInfo(transport, options.endpoint, call),
  };
  return { ...platform, overview: (call) => platformOverview(transport, platform, call) };
}

type AnyRepository = Repository<unknown, object, object, object>;

function reader(declared: Catalogue, transport: Transport): Reader<unknown> {
  const path = `${apiPrefix}/${declared.path}`;
  const entity = compiledWhenBusy(declared.entity);
  return {
    list: async (query, { signal } = {}) => {
      const { body } = await succeed(transport, { method: "GET", path, query, signal, repeatable: true });
      const page = body as Partial<Page<unknown>> | null;
      if (!Array.isArray(page?.items)) throw misfit(`a list of ${declared.noun}s`, "it has no items");
      const items = page.items.map((item) => read(entity(), item, declared.noun));
      return { items, nextCursor: typeof page.nextCursor === "string" ? page.nextCursor : null };
    },
  };
}

function repository(declared: Collection, transport: Transport): AnyRepository {
  const path = `${apiPrefix}/${declared.path}`;
  const itemPath = (id: string) => `${path}/${encodeURIComponent(id)}`;
  const entity = (answer: Answer) => read(declared.entity, answer.body, declared.noun);
  const guard = ({ revision }: ChangeOptions) =>
    revision === undefined ? {} : { headers: { "if-match": etagOf(revision) } };
  return {
    ...(reader(declared, transport) as Pick<AnyRepository, "list">),

    get: async (id, { signal } = {}) =>
      entity(await succeed(transport, { method: "GET", path: itemPath(id), signal, repeatable: true })),

    create: async (input, { idempotencyKey, signal }: CreateOptions = {}) => {
      if (idempotencyKey !== undefined) parse(IdempotencyKey, idempotencyKey);
      return entity(
        await succeed(transport, {
          method: "POST",
          path,
          body: input,
          patience: signal,
          repeatable: idempotencyKey !== undefined,
          ...(idempotencyKey === undefined ? {} : { headers: { [idempotencyKeyHeader]: idempotencyKey } }),
        }),
      );
    },

    update: async (id, patch, options = {}) => {
      const request: Request = {
        method: "PATCH",
        path: itemPath(id),
        body: patch,
        patience: options.signal,
        repeatable: true,
        ...guard(options),
      };
      const answer = await transport.send(request);
      const mayBeOurs = answer.tries > 1 && fromProblem(answer.body)?.code === "revision_mismatch";
      if (mayBeOurs && options.revision !== undefined) {
        const now = await transport.send({ method: "GET", path: itemPath(id), repeatable: true });
        if (now.status === 200 && isResultOf(patch, options.revision, now.body)) return entity(now);
      }
      return entity(check(answer, request));
    },

    delete: async (id, options = {}) => {
      const request: Request = {
        method: "DELETE",
        path: itemPath(id),
        patience: options.signal,
        repeatable: true,
        ...guard(options),
      };
      const answer = await transport.send(request);
      // Gone at a second try: the first one did it, and its answer was lost.
      if (answer.tries > 1 && fromProblem(answer.body)?.code === "not_found") return;
      check(answer, request);
    },
  };
}

/**
 * Whether an entity is what a patch of that revision makes. Then a refused second try means that the first one did
 * it and its answer was lost.
 */
function isResultOf(patch: object, revision: number, entity: unknown): boolean {
  const now = entity as Readonly<Record<string, unknown>> | null;
  return (
    now?.revision === revision + 1 &&
    Object.entries(patch).every(
      ([field, value]) => value === undefined || isDeepStrictEqual(now[field], value),
    )
  );
}
