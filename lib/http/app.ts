import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { routePath } from "hono/route";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { overview, type Platform, PlatformError } from "../contract";
import { type Logger, silent } from "../log";
import { mountAdministration } from "./administration-routes";
import { type Authenticate, authenticated, rateLimited } from "./authentication";
import { mountCollections } from "./collection-routes";
import { expositionText, type MetricFamily, metricsType } from "./exposition";
import { platformMetrics } from "./metrics";
import { openApiDocument } from "./openapi";
import { problemType, toProblem } from "./problem";
import { processMetrics } from "./process-metrics";
import { defaultRateLimit, type RateLimit } from "./rate-limit";
import { callOf, type Env, methodNotAllowed } from "./request";
import { logRequest } from "./request-log";
import { RequestMetrics } from "./request-metrics";
import {
  apiPrefix,
  healthPath,
  metricsPath,
  openApiPath,
  overviewPath,
  platformPath,
  readyPath,
  requestIdHeader,
} from "./routes";

/** What is served, and to whom. */
export interface AppOptions {
  /** Bearer token of whoever runs the platform; every call of the API needs one. */
  readonly token: string;
  /**
   * Whose any other bearer token is; undefined where nobody's. May throw a PlatformError `unauthenticated`.
   * @default nobody's
   */
  readonly authenticate?: Authenticate;
  /** Version in the OpenAPI document. */
  readonly version: string;
  /** How much one token may ask for; those of one project together may ask for as much as four. @default 1,000 requests a second, and 5,000 at once */
  readonly rateLimit?: RateLimit | undefined;
  /** Why the platform does not serve now, for `/ready`; undefined: it does. @default it does */
  readonly notReady?: () => string | undefined;
  /** What `/metrics` tells beside the server's own. @default nothing more */
  readonly metrics?: () => readonly MetricFamily[];
  /** Hears of each request. @default silent */
  readonly log?: Logger;
}

/** The API as a Hono application. */
export function platformApp(platform: Platform, options: AppOptions): Hono<Env> {
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
  app.get(openApiPath, (c) => c.json(openApi()));
  for (const path of [healthPath, readyPath, openApiPath]) app.all(path, methodNotAllowed("GET"));

  const authenticate = authenticated(token, callerOf);
  const limitRate = rateLimited(rateLimit ?? defaultRateLimit);
  app.use(`${apiPrefix}/*`, authenticate, limitRate);
  app.use(metricsPath, authenticate, limitRate);
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
  mountCollections(app, platform);
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
