import type { Administration } from "../contract";
import { administrationPaths } from "./administration";
import { callOf, type Env, type Hono, methodNotAllowed, readBody } from "./request";

/** Puts what administrators do at its paths. */
export function mountAdministration(app: Hono<Env>, administration: Administration): void {
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
