import * as z from "zod";
import {
  AccessToken,
  AccessTokenCreate,
  type Administration,
  AuditEntry,
  AuditFilter,
  Block,
  BlockCreate,
  type CallOptions,
  Explanation,
  Id,
  IssuedToken,
  PageQuery,
  PortForward,
} from "../contract";
import { apiPrefix } from "./routes";

/** What a request to an operation has given. */
export interface Given {
  /** The `{id}` of its path; empty where it has none. */
  readonly id: string;
  readonly query: object;
  readonly body: object;
}

/** An operation of administrators on the wire, for server, client and document alike. */
export interface AdministrationRoute {
  readonly method: "get" | "post" | "put" | "delete";
  /** With `{id}` for what it is about. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** What it answers; without one nothing, as 204. */
  readonly answer?: z.ZodObject;
  readonly status: 200 | 201 | 204;
  run(administration: Administration, given: Given, options: CallOptions): Promise<unknown>;
}

const page = (entity: z.ZodObject) => z.object({ items: z.array(entity), nextCursor: z.string().nullable() });

const tokens = `${apiPrefix}/tokens`;
const block = `${apiPrefix}/port-forwards/{id}/block`;

/** Every operation of administrators. */
export const administrationRoutes = {
  listTokens: {
    method: "get",
    path: tokens,
    tag: "tokens",
    summary: "List tokens",
    query: PageQuery.extend({ projectId: Id.optional() }),
    answer: page(AccessToken),
    status: 200,
    run: ({ tokens }, { query }, options) => tokens.list(query, options),
  },
  createToken: {
    method: "post",
    path: tokens,
    tag: "tokens",
    summary: "Create a token",
    body: AccessTokenCreate,
    answer: IssuedToken,
    status: 201,
    run: ({ tokens }, { body }, options) => tokens.create(body as never, options),
  },
  deleteToken: {
    method: "delete",
    path: `${tokens}/{id}`,
    tag: "tokens",
    summary: "Revoke a token",
    status: 204,
    run: ({ tokens }, { id }, options) => tokens.delete(id, options),
  },
  listBlocks: {
    method: "get",
    path: `${apiPrefix}/blocks`,
    tag: "blocks",
    summary: "List what administrators have closed",
    query: PageQuery,
    answer: page(Block),
    status: 200,
    run: ({ blocks }, { query }, options) => blocks.list(query, options),
  },
  createBlock: {
    method: "put",
    path: block,
    tag: "blocks",
    summary: "Block a port forward",
    body: BlockCreate,
    answer: PortForward,
    status: 200,
    run: ({ blocks }, { id, body }, options) => blocks.create(id, body as never, options),
  },
  deleteBlock: {
    method: "delete",
    path: block,
    tag: "blocks",
    summary: "Lift the block of a port forward",
    status: 204,
    run: ({ blocks }, { id }, options) => blocks.delete(id, options),
  },
  audit: {
    method: "get",
    path: `${apiPrefix}/audit`,
    tag: "audit",
    summary: "Who changed what, the latest first",
    query: AuditFilter.extend(PageQuery.shape),
    answer: page(AuditEntry),
    status: 200,
    run: (administration, { query }, options) => administration.audit(query, options),
  },
  explain: {
    method: "get",
    path: `${apiPrefix}/port-forwards/{id}/explanation`,
    tag: "port-forwards",
    summary: "What becomes of a connection to a port forward",
    answer: Explanation,
    status: 200,
    run: (administration, { id }, options) => administration.explain(id, options),
  },
} as const satisfies Record<string, AdministrationRoute>;

/** The operations, each path once, with what is possible there. */
export function administrationPaths(): Map<string, AdministrationRoute[]> {
  const paths = new Map<string, AdministrationRoute[]>();
  for (const route of Object.values(administrationRoutes)) {
    paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  }
  return paths;
}
