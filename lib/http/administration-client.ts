import type { Administration, CallOptions } from "../contract";
import { type AdministrationRoute, administrationRoutes, type Given } from "./administration";
import { read, succeed } from "./answer";
import type { Transport } from "./transport";

/** What administrators do with the platform behind an API; `unknown_route` where that has nothing of it. */
export function httpAdministration(transport: Transport): Administration {
  const call = async <T>(
    route: AdministrationRoute,
    { id = "", query, body }: Partial<Given>,
    { signal }: CallOptions = {},
  ): Promise<T> => {
    const answer = await succeed(transport, {
      method: route.method.toUpperCase() as "GET",
      path: route.path.replace("{id}", encodeURIComponent(id)),
      query,
      ...(body && { body }),
      ...(route.method === "get" ? { signal } : { patience: signal }),
      // A second token would be one that nobody knows of.
      repeatable: route.method !== "post",
    });
    return (route.answer ? read(route.answer, answer.body, route.tag) : undefined) as T;
  };
  const routes = administrationRoutes;
  return {
    tokens: {
      list: (query = {}, options) => call(routes.listTokens, { query }, options),
      create: (body, options) => call(routes.createToken, { body }, options),
      delete: (id, options) => call(routes.deleteToken, { id }, options),
    },
    blocks: {
      list: (query = {}, options) => call(routes.listBlocks, { query }, options),
      create: (id, body, options) => call(routes.createBlock, { id, body }, options),
      delete: (id, options) => call(routes.deleteBlock, { id }, options),
    },
    audit: (query = {}, options) => call(routes.audit, { query }, options),
    explain: (id, options) => call(routes.explain, { id }, options),
  };
}
