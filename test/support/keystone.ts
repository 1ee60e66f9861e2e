import { createServer as createPlain, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTls } from "node:https";
import type { AddressInfo } from "node:net";
import { onCleanUp } from "./clean-up";

/** A request that came in. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a service answers; undefined: not found. */
export type Reply =
  | { status?: number; body?: unknown; headers?: Record<string, string>; afterMs?: number }
  | undefined;

/**
 * A server on a socket of its own that gives tokens as Keystone does, and answers everything else as the test says:
 * for what a real OpenStack does too seldom to wait for it.
 */
export async function keystone(
  answer: (seen: Seen, count: number) => Reply,
  options: {
    readonly lifeMs?: number;
    readonly tls?: { cert: string; key: string };
    /** What every request for a token gets instead of one. */
    readonly status?: number;
    /** Projects, by id, that it gives no token for. */
    readonly refused?: readonly string[];
  } = {},
): Promise<{ readonly url: string; readonly seen: Seen[]; readonly tokens: () => number }> {
  const seen: Seen[] = [];
  let tokens = 0;
  let url = "";
  const listener: RequestListener = (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body };
      const isToken = one.url === "/v3/auth/tokens";
      const at = seen.filter((other) => other.url !== "/v3/auth/tokens").length;
      seen.push(one);
      const reply = isToken ? tokenReply(JSON.parse(body).auth.scope?.project.id ?? "p1") : answer(one, at);
      const {
        status = 200,
        body: told = {},
        headers,
        afterMs = 0,
      } = reply ?? { status: 404, body: { error: { message: "no" } } };
      setTimeout(() => {
        response
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(told));
      }, afterMs);
    });
  };
  const tokenReply = (projectId: string): Reply => {
    const status = options.status ?? (options.refused?.includes(projectId) ? 401 : 201);
    return status === 201
      ? { status, body: token(projectId), headers: { "x-subject-token": `token-${++tokens}` } }
      : { status, body: { error: { message: "The request you have made requires authentication." } } };
  };
  const token = (id: string) => ({
    token: {
      expires_at: new Date(Date.now() + (options.lifeMs ?? 3_600_000)).toISOString(),
      project: { id, name: "web", domain: { id: "default" } },
      user: { id: "u1" },
      roles: [{ id: "r1", name: "member" }],
      catalog: ["compute", "network", "image"].map((type) => ({
        type,
        endpoints: [{ interface: "public", region_id: "RegionOne", url: `${url}/${type}` }],
      })),
    },
  });
  const server = options.tls ? createTls(options.tls, listener) : createPlain(listener);
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `${options.tls ? "https://localhost" : "http://127.0.0.1"}:${(server.address() as AddressInfo).port}`;
  return { url, seen, tokens: () => tokens };
}

/** The variables of somebody who may ask it. */
export const variablesFor = (url: string): Record<string, string> => ({
  OS_AUTH_URL: url,
  OS_USERNAME: "ann",
  OS_PASSWORD: "hunter2",
  OS_PROJECT_NAME: "web",
});
