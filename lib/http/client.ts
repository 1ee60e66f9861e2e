import type * as z from "zod";
import {
  type Catalogue,
  type ChangeOptions,
  type Collection,
  type CreateOptions,
  collections,
  IdempotencyKey,
  type Page,
  type Platform,
  PlatformError,
  parse,
  type Reader,
  type Repository,
} from "../contract";
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
  /** Milliseconds for one try of a request. @default 60,000 */
  readonly timeoutMs?: number;
}

/** The platform behind an HTTP API. Nothing is sent before the first call; rejects with PlatformErrors only. */
export function httpPlatform(options: HttpPlatformOptions): Platform {
  const transport = new Transport({
    baseUrl: options.endpoint,
    baseUrlSource: options.endpointSource ?? "the endpoint option",
    headers: { authorization: `Bearer ${options.token}`, accept: "application/json" },
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  });
  const entries = Object.entries(collections).map(([name, declared]) => [
    name,
    "create" in declared ? repository(declared as Collection, transport) : reader(declared, transport),
  ]);
  return Object.fromEntries(entries) as Platform;
}

type AnyRepository = Repository<unknown, object, object, object>;

function reader(declared: Catalogue, transport: Transport): Reader<unknown> {
  const path = `${apiPrefix}/${declared.path}`;
  return {
    list: async (query, { signal } = {}) => {
      const { body } = await succeed(transport, { method: "GET", path, query, signal, repeatable: true });
      const page = body as Partial<Page<unknown>> | null;
      if (!Array.isArray(page?.items)) throw misfit(`a list of ${declared.noun}s`, "it has no items");
      const items = page.items.map((item) => read(declared.entity, item, declared.noun));
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

    update: async (id, patch, options = {}) =>
      entity(
        await succeed(transport, {
          method: "PATCH",
          path: itemPath(id),
          body: patch,
          patience: options.signal,
          // With a revision a second try would meet the first one's change and be refused.
          repeatable: options.revision === undefined,
          ...guard(options),
        }),
      ),

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

async function succeed(transport: Transport, request: Request): Promise<Answer> {
  return check(await transport.send(request), request);
}

function check(answer: Answer, { method, path }: Request): Answer {
  if (answer.status < 300) return answer;
  throw (
    fromProblem(answer.body) ??
    new PlatformError(
      answer.status < 500 ? "internal" : "unreachable",
      `${method} ${path} was answered with HTTP ${answer.status} and no problem document; is the endpoint a Fairlead platform?`,
      answer.requestId === undefined ? {} : { requestId: answer.requestId },
    )
  );
}

function read(schema: z.ZodType, body: unknown, noun: string): unknown {
  try {
    return parse(schema, body);
  } catch (error) {
    throw misfit(`a ${noun}`, (error as Error).message);
  }
}

function misfit(what: string, why: string): PlatformError {
  return new PlatformError("internal", `The platform's answer is not ${what}: ${why}`);
}
