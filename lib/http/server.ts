import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import type { Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { routePath } from "hono/route";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import {
  type Administration,
  administrator,
  type Caller,
  type CallOptions,
  type ChangeOptions,
  type Collection,
  type CollectionName,
  collections,
  overview,
  type Platform,
  PlatformError,
  type Reader,
  type Repository,
} from "../contract";
import { type Logger, silent } from "../log";
import { administrationPaths } from "./administration";
import { closerOf } from "./closing";
import { expositionText, type MetricFamily, type MetricSample, metricsType } from "./exposition";
import { type ConnectionLimits, defaultLimits, enforceLimits, limitOptions } from "./limits";
import { platformMetrics } from "./metrics";
import { openApiDocument } from "./openapi";
import { problemType, toProblem } from "./problem";
import { processMetrics } from "./process-metrics";
import { defaultRateLimit, type RateLimit, RateLimiter } from "./rate-limit";
import { logRequest } from "./request-log";
import { RequestMetrics } from "./request-metrics";
import {
  apiPrefix,
  etagOf,
  healthPath,
  idempotencyKeyHeader,
  metricsPath,
  overviewPath,
  platformPath,
  readyPath,
  requestIdHeader,
  revisionOf,
} from "./routes";
import { followRenewals, type TlsFiles, tlsOptions } from "./tls";

export type { ConnectionLimits, MetricFamily, MetricSample, RateLimit, TlsFiles };

/** How a platform is served. */
export interface ServeOptions {
  /** Address to listen on, such as "127.0.0.1". */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Bearer token of whoever runs the platform; every call of the API needs one. */
  readonly token: string;
  /**
   * Whose any other bearer token is; undefined where nobody's. May throw a PlatformError `unauthenticated`.
   * @default nobody's
   */
  readonly authenticate?: (token: string) => Pick<Caller, "id" | "name" | "role" | "projectId"> | undefined;
  /** Version in the OpenAPI document. */
  readonly version: string;
  /** Certificate and key. @default HTTP without TLS */
  readonly tls?: TlsFiles | undefined;
  /** How much one token may ask for. @default 1,000 requests a second, and 5,000 at once */
  readonly rateLimit?: RateLimit | undefined;
  /** What a connection may take. @default 4,096 connections, a head of 16 KiB within 30 s, all of a request within 60 s */
  readonly limits?: Partial<ConnectionLimits>;
  /** Why the platform does not serve now, for `/ready`; undefined: it does. @default it does */
  readonly notReady?: () => string | undefined;
  /** What `/metrics` tells beside the server's own. @default nothing more */
  readonly metrics?: () => readonly MetricFamily[];
  /** Hears of each request. @default silent */
  readonly log?: Logger;
}

/** A served platform. */
export interface PlatformServer {
  /** Base URL for clients. */
  readonly endpoint: string;
  /** Answers what is under way, then takes no more. */
  close(): Promise<void>;
}

interface Env {
  Bindings: Partial<HttpBindings>;
  Variables: { requestId: string; caller: Caller };
}
type AnyRepository = Repository<{ revision?: number }, object, object, object>;

const largestBody = 1024 * 1024;

/** Connections that may wait to be accepted: an apply may come with a thousand at once. The kernel caps it. */
const backlog = 4_096;

/** Serves any platform over HTTP. @throws Error when the address cannot be bound or the certificate not be used */
export async function servePlatform(platform: Platform, options: ServeOptions): Promise<PlatformServer> {
  const { tls, log = silent } = options;
  const { fetch } = platformApp(platform, options);
  const limits = { ...defaultLimits, ...options.limits };
  const serverOptions = limitOptions(limits);
  const server = createAdaptorServer(
    tls
      ? { fetch, createServer: createTlsServer, serverOptions: { ...serverOptions, ...tlsOptions(tls) } }
      : { fetch, serverOptions },
  ) as Server;
  enforceLimits(server, limits, log);
  const close = closerOf(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: options.port, host: options.host, backlog }, () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const unfollow = tls && followRenewals(server as TlsServer, tls, log);
  return {
    endpoint: `${tls ? "https" : "http"}://${host}:${port}`,
    close: () => {
      unfollow?.();
      return close();
    },
  };
}

/** The API as a Hono application. */
export function platformApp(platform: Platform, options: ServeOptions): Hono<Env> {
  const { token, version, authenticate: callerOf = () => undefined, rateLimit } = options;
  const { notReady, metrics: more, log = silent } = options;
  const app = new Hono<Env>();
  const openApi = once(() => openApiDocument(version));
  const requests = new RequestMetrics();

  app.use(async (c, next) => {
    const given = c.req.header(requestIdHeader);
    const requestId = given && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
    c.set("requestId", requestId);
    c.header(requestIdHeader, requestId);
    const began = performance.now();
    requests.began();
    await next();
    const ms = performance.now() - began;
    requests.ended(c.req.method, routeOf(c), c.res.status, ms / 1000);
    logRequest(log, {
      method: c.req.method,
      path: new URL(c.req.url).pathname,
      status: c.res.status,
      ms,
      requestId,
      caller: c.get("caller")?.id,
      remote: c.env.incoming?.socket.remoteAddress,
    });
  });
  app.get(healthPath, (c) => c.json({ status: "ok" }));
  app.get(readyPath, (c) => {
    const reason = notReady?.();
    if (reason === undefined) return c.json({ status: "ready" });
    throw new PlatformError("unreachable", `The platform does not serve now: ${reason}.`);
  });
  app.get("/openapi.json", (c) => c.json(openApi()));
  for (const path of [healthPath, readyPath, "/openapi.json"]) app.all(path, methodNotAllowed("GET"));

  const expected = digest(token);
  const authenticate: MiddlewareHandler<Env> = async (c, next) => {
    const given = /^Bearer +(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined) {
      throw new PlatformError("unauthenticated", "The request carries no bearer token.");
    }
    const known = timingSafeEqual(digest(given), expected) ? administrator : callerOf(given);
    if (!known) throw new PlatformError("unauthenticated", "The platform does not know the bearer token.");
    const address = c.env.incoming?.socket.remoteAddress ?? null;
    c.set("caller", { ...known, address, requestId: c.get("requestId") });
    await next();
  };
  const limitRate = rateLimited(new RateLimiter(rateLimit ?? defaultRateLimit));
  app.use(`${apiPrefix}/*`, authenticate, limitRate);
  app.use(metricsPath, authenticate, limitRate);
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: (c) => {
        // The rest of the body is not read, so the connection is of no more use.
        c.header("connection", "close");
        throw new PlatformError("malformed_request", `The body is larger than ${largestBody} bytes.`);
      },
    }),
  );
  app.get(platformPath, async (c) => c.json(await platform.info(callOf(c))));
  app.all(platformPath, methodNotAllowed("GET"));
  app.get(overviewPath, async (c) => c.json(await overview(platform, callOf(c))));
  app.all(overviewPath, methodNotAllowed("GET"));
  app.get(metricsPath, async (c) => {
    const families = await platformMetrics(platform, callOf(c));
    // What the process does for everybody is no matter of one project.
    if (c.get("caller").projectId === null) {
      families.unshift(...processMetrics(version), ...requests.families(), ...(more?.() ?? []));
    }
    c.header("content-type", metricsType);
    return c.body(expositionText(families));
  });
  app.all(metricsPath, methodNotAllowed("GET"));
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
  if (platform.administration) mountAdministration(app, platform.administration);
  app.notFound((c) =>
    answerError(c, new PlatformError("unknown_route", `There is nothing at ${c.req.path}.`), log),
  );
  app.onError((error, c) => answerError(c, error, log));
  return app;
}

/** The route of an answered request, as a template; those that nothing is at are one. */
function routeOf(c: Context<Env>): string {
  const path = routePath(c, -1);
  return path.endsWith("*") ? "none" : path.replace(/:(\w+)/g, "{$1}");
}

/** Refuses a caller that asks for too much. */
function rateLimited(limiter: RateLimiter): MiddlewareHandler<Env> {
  return async (c, next) => {
    const seconds = limiter.take(c.get("caller").id);
    if (seconds === 0) return next();
    // Whole seconds are all that the header knows.
    const retryAfter = Math.ceil(seconds);
    c.header("retry-after", String(retryAfter));
    throw new PlatformError(
      "too_many_requests",
      `The token has been used for too many requests; try again in ${retryAfter} s.`,
      { details: { retryAfter } },
    );
  };
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

function mountAdministration(app: Hono<Env>, administration: Administration): void {
  for (const [path, routes] of administrationPaths()) {
    const at = path.replace("{id}", ":id");
    for (const route of routes) {
      app.on(route.method.toUpperCase(), at, async (c) => {
        const body = route.body ? await readBody(c) : {};
        const given = { id: c.req.param("id") ?? "", query: c.req.query(), body };
        const call = route.method === "get" ? callOf(c) : { caller: c.get("caller") };
        const answer = await route.run(administration, given, call);
        return answer === undefined ? c.body(null, 204) : c.json(answer, route.status as 200);
      });
    }
    app.all(at, methodNotAllowed(routes.map(({ method }) => method.toUpperCase()).join(", ")));
  }
}

/** Reads end when the client goes; a change that has begun does not. */
function callOf(c: Context<Env>): Required<Pick<CallOptions, "signal" | "caller">> {
  return { signal: c.req.raw.signal, caller: c.get("caller") };
}

function changeOf(c: Context<Env>, noun: string): ChangeOptions {
  return { revision: ifMatch(c, noun), caller: c.get("caller") };
}

function methodNotAllowed(allowed: string): (c: Context<Env>) => never {
  return (c) => {
    c.header("allow", allowed);
    throw new PlatformError(
      "method_not_allowed",
      `${c.req.method} is not possible at ${c.req.path}; ${allowed} is.`,
    );
  };
}

async function readBody(c: Context<Env>): Promise<object> {
  const text = await c.req.text().catch((error: unknown) => {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError("malformed_request", "The body did not arrive as a whole.", { cause: error });
  });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // Not what the parser says: it repeats a part of the body, which may hold a secret.
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const where = position === undefined ? "" : `, from character ${position} on`;
    throw new PlatformError("malformed_request", `The body is not JSON${where}.`);
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new PlatformError("malformed_request", "The body is JSON, but not an object.");
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

function answerError(c: Context<Env>, error: Error, log: Logger): Response {
  const requestId = c.get("requestId");
  if (!(error instanceof PlatformError)) log.error(`request failed: ${error.stack ?? error}`, { requestId });
  const known =
    error instanceof PlatformError
      ? error
      : new PlatformError("internal", "Something went wrong on the platform.");
  if (known.code === "unauthenticated") c.header("www-authenticate", "Bearer");
  c.header("content-type", problemType);
  return c.body(JSON.stringify(toProblem(known, requestId)), known.status as ContentfulStatusCode);
}

/** Made on first use, since few ask for it. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
