import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod";
import {
  type Catalogue,
  type Collection,
  type CollectionName,
  collections,
  IdempotencyKey,
  Overview,
  PageQuery,
  PlatformInfo,
} from "../contract";
import { type AdministrationRoute, administrationRoutes } from "./administration";
import { Problem, problemType } from "./problem";
import { refusals } from "./refusals";
import {
  apiPrefix,
  healthPath,
  idempotencyKeyHeader,
  metricsPath,
  overviewPath,
  platformPath,
  readyPath,
} from "./routes";

const json = (schema: z.ZodType) => ({ "application/json": { schema } });
const problem = { description: "A problem (RFC 9457).", content: { [problemType]: { schema: Problem } } };
const security = [{ bearer: [] }];
const Id = z.object({ id: z.string() });
const IfMatch = z.object({
  "if-match": z
    .string()
    .regex(/^("\d{1,15}"|\*)$/)
    .optional()
    .describe('Revision that is changed, as an entity tag: "3".'),
});
const KeyHeader = z.object({
  [idempotencyKeyHeader]: IdempotencyKey.optional().describe("Makes the create repeatable."),
});

/** The API described as OpenAPI 3.1, from the contract's collections. */
export function openApiDocument(version: string): object {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  registry.registerPath(healthRoute);
  registry.registerPath(readyRoute);
  registry.registerPath(platformRoute);
  registry.registerPath(overviewRoute);
  registry.registerPath(metricsRoute);
  for (const [name, declared] of Object.entries(collections)) {
    for (const route of routesOf(name as CollectionName, declared)) registry.registerPath(route);
  }
  for (const route of Object.values(administrationRoutes)) registry.registerPath(operation(route));
  const document = app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Fairlead", version } });
  return JSON.parse(JSON.stringify(document, inOpenApi)) as object;
}

/** What the contract's schemas say in ways that OpenAPI has other words for. */
function inOpenApi(key: string, value: unknown): unknown {
  // Patterns are Unicode there without saying so; the generator leaves the flag behind them, where nothing fits it.
  if (key === "pattern" && typeof value === "string") return value.replace(/\/u$/, "");
  // A secret is only sent, save in the one answer that tells a new one.
  if (key === "responses") return JSON.parse(JSON.stringify(value, (_, inner) => withSecret(inner, "tell")));
  return withSecret(value, "send");
}

function withSecret(value: unknown, way: "send" | "tell"): unknown {
  if (typeof value !== "object" || value === null || !("secret" in value)) return value;
  const { secret, ...rest } = value;
  if (secret !== true) return value;
  return { ...rest, format: "password", ...(way === "send" && { writeOnly: true }) };
}

const healthRoute = createRoute({
  tags: ["platform"],
  method: "get",
  path: healthPath,
  summary: "Whether the process is alive",
  responses: {
    200: { description: "It is.", content: json(z.object({ status: z.literal("ok") })) },
    default: problem,
  },
});

const readyRoute = createRoute({
  tags: ["platform"],
  method: "get",
  path: readyPath,
  summary: "Whether the platform serves",
  responses: {
    200: { description: "It does.", content: json(z.object({ status: z.literal("ready") })) },
    503: { ...problem, description: "It does not now; the problem says why." },
    default: problem,
  },
});

const platformRoute = createRoute({
  tags: ["platform"],
  security,
  method: "get",
  path: platformPath,
  summary: "What the platform is and can do",
  responses: { 200: { description: "The platform.", content: json(PlatformInfo) }, ...refusals("ask") },
});

const overviewRoute = createRoute({
  tags: ["platform"],
  security,
  method: "get",
  path: overviewPath,
  summary: "What there is, in one answer",
  responses: { 200: { description: "All of it, in short.", content: json(Overview) }, ...refusals("ask") },
});

const metricsRoute = createRoute({
  tags: ["platform"],
  security,
  method: "get",
  path: metricsPath,
  summary: "What the forwards carry, for Prometheus",
  responses: {
    200: { description: "Metrics.", content: { "text/plain": { schema: z.string() } } },
    ...refusals("ask"),
  },
});

function operation({ method, path, tag, summary, query, body, answer, status }: AdministrationRoute) {
  return createRoute({
    tags: [tag],
    security,
    method,
    path,
    summary,
    request: {
      ...(path.includes("{id}") && { params: Id }),
      ...(query && { query }),
      ...(body && { body: { required: true, content: json(body) } }),
    },
    responses: {
      [status]: answer
        ? { description: `${summary}: done.`, content: json(answer) }
        : { description: `${summary}: done.` },
      ...refusals(path.includes("{id}") ? "update" : method === "get" ? "list" : "create"),
    },
  });
}

function routesOf(name: CollectionName, declared: Catalogue | Collection) {
  const { path, noun, entity } = declared;
  const collectionPath = `${apiPrefix}/${path}`;
  const itemPath = `${collectionPath}/{id}`;
  const page = z.object({ items: z.array(entity), nextCursor: z.string().nullable() });
  const common = { tags: [path], security };
  const one = { description: `The ${noun}.`, content: json(entity) };
  const query = "filter" in declared ? declared.filter.extend(PageQuery.shape) : PageQuery;
  const list = createRoute({
    ...common,
    method: "get",
    path: collectionPath,
    summary: `List ${noun}s`,
    request: { query },
    responses: { 200: { description: `A page of ${noun}s.`, content: json(page) }, ...refusals("list") },
  });
  if (!("create" in declared)) return [list];
  const body = (schema: z.ZodType) => ({ required: true, content: json(schema) });
  return [
    list,
    createRoute({
      ...common,
      method: "post",
      path: collectionPath,
      summary: `Create a ${noun}`,
      request: { headers: KeyHeader, body: body(declared.create) },
      responses: {
        201: { description: `The ${noun}, usable.`, content: json(entity) },
        ...refusals("create", name),
      },
    }),
    createRoute({
      ...common,
      method: "get",
      path: itemPath,
      summary: `Read a ${noun}`,
      request: { params: Id },
      responses: { 200: one, ...refusals("get") },
    }),
    createRoute({
      ...common,
      method: "patch",
      path: itemPath,
      summary: `Change a ${noun} in place`,
      request: { params: Id, headers: IfMatch, body: body(declared.patch) },
      responses: { 200: one, ...refusals("update", name) },
    }),
    createRoute({
      ...common,
      method: "delete",
      path: itemPath,
      summary: `Delete a ${noun}`,
      request: { params: Id, headers: IfMatch },
      responses: { 204: { description: "Deleted." }, ...refusals("delete", name) },
    }),
  ];
}
