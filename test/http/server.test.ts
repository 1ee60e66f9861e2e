import type { EventEmitter } from "node:events";
import { request } from "node:http";
import { Server } from "node:net";
import { errors } from "../../lib/contract";
import { type PlatformServer, servePlatform } from "../../lib/http/server";
import { startTestPlatform } from "../support/embedded";
import { textLogger } from "../support/log";

let running: Awaited<ReturnType<typeof startTestPlatform>>;
let server: PlatformServer;
const lines: string[] = [];
beforeAll(async () => {
  running = await startTestPlatform();
  server = await servePlatform(running.platform, {
    host: "127.0.0.1",
    port: 0,
    token: "s3cret",
    version: "1.2.3",
    log: textLogger((line) => lines.push(line)),
  });
});
afterAll(async () => {
  await server.close();
  await running.stop();
});

const authorization = "Bearer s3cret";
const ask = (path: string, init: RequestInit = {}) =>
  fetch(`${server.endpoint}${path}`, { ...init, headers: { authorization, ...init.headers } });
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  ask(path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

test("health and the API's description need no token", async () => {
  expect(await (await fetch(`${server.endpoint}/health`)).json()).toEqual({ status: "ok" });
  const document = (await (await fetch(`${server.endpoint}/openapi.json`)).json()) as {
    openapi: string;
    info: object;
    paths: Record<string, object>;
  };
  expect(document.openapi).toBe("3.1.0");
  expect(document.info).toEqual({ title: "Fairlead", version: "1.2.3" });
  expect(Object.keys(document.paths).sort()).toEqual([
    "/health",
    "/metrics",
    "/ready",
    "/v1/audit",
    "/v1/blocks",
    "/v1/flavors",
    "/v1/images",
    "/v1/instances",
    "/v1/instances/{id}",
    "/v1/overview",
    "/v1/platform",
    "/v1/port-forwards",
    "/v1/port-forwards/{id}",
    "/v1/port-forwards/{id}/block",
    "/v1/port-forwards/{id}/explanation",
    "/v1/projects",
    "/v1/projects/{id}",
    "/v1/tokens",
    "/v1/tokens/{id}",
  ]);
  expect(Object.keys(document.paths["/v1/port-forwards/{id}"]!).sort()).toEqual(["delete", "get", "patch"]);
});

test("the API's description can be taken at its word: patterns fit what they are for, secrets are only written", async () => {
  const document = await (await fetch(`${server.endpoint}/openapi.json`)).text();
  const patterns = [...document.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map((match) =>
    JSON.parse(match[1]!),
  );
  expect(patterns.length).toBeGreaterThan(5);
  for (const pattern of new Set<string>(patterns)) expect(() => new RegExp(pattern, "u")).not.toThrow();
  const schema =
    JSON.parse(document).paths["/v1/instances"].post.requestBody.content["application/json"].schema;
  expect("연구실 1").toMatch(new RegExp(schema.properties.name.pattern, "u"));
  expect(schema.properties.userData).toMatchObject({ type: "string", writeOnly: true });
  expect(document).not.toContain('"secret"');
});

test("the platform says what it is and can do", async () => {
  const response = await ask("/v1/platform");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(await running.platform.info());
  expect((await fetch(`${server.endpoint}/v1/platform`)).status).toBe(401);
  const posted = await post("/v1/platform", "{}");
  expect(posted.status).toBe(405);
  expect(posted.headers.get("allow")).toBe("GET");
});

test.each([
  ["none", undefined],
  ["a wrong one", "Bearer wrong"],
  ["another scheme", "Basic czNjcmV0"],
])("everything else needs a token: %s is refused", async (_, given) => {
  const response = await ask("/v1/projects", { headers: { authorization: given ?? "" } });
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe("Bearer");
  expect(await response.json()).toMatchObject({ code: "unauthenticated", hint: errors.unauthenticated.hint });
});

test("a problem is RFC 9457, with code, field, hint and the request's id", async () => {
  const response = await post("/v1/projects", `{"name":"a/b"}`, { "x-request-id": "mine-1" });
  expect(response.status).toBe(422);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("x-request-id")).toBe("mine-1");
  expect(await response.json()).toEqual({
    type: "urn:fairlead:error:invalid_argument",
    title: "Invalid argument",
    status: 422,
    code: "invalid_argument",
    detail: expect.stringContaining(`name is "a/b"`),
    field: "/name",
    hint: "Correct the field and try again.",
    requestId: "mine-1",
  });
  expect(lines.at(-1)).toMatch(/^POST \/v1\/projects 422 mine-1 administrator 127\.0\.0\.1 [\d.]+$/);
});

test.each([
  ["{", 400, "malformed_request"],
  ["[]", 400, "malformed_request"],
  ["null", 400, "malformed_request"],
  [JSON.stringify({ name: "x", description: "y".repeat(1 << 21) }), 400, "malformed_request"],
  ["{}", 422, "invalid_argument"],
])("the body %.20s is answered with %i %s", async (body, status, code) => {
  const response = await post("/v1/projects", body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
});

test("what is not there and what is not possible are told apart", async () => {
  expect(await (await ask("/v1/nothing")).json()).toMatchObject({ code: "unknown_route", status: 404 });
  expect(await (await ask("/v1/projects/prj-x")).json()).toMatchObject({ code: "not_found", status: 404 });
  for (const [method, path] of [
    ["PUT", "/v1/projects"],
    ["POST", "/v1/projects/x"],
    ["POST", "/v1/images"],
  ] as const) {
    expect(await (await ask(path, { method })).json()).toMatchObject({
      code: "method_not_allowed",
      status: 405,
    });
  }
});

test("an entity carries its revision as an entity tag, and If-Match guards a change", async () => {
  const made = await post("/v1/projects", `{"name":"tagged"}`);
  expect(made.status).toBe(201);
  expect(made.headers.get("etag")).toBe(`"1"`);
  const { id } = (await made.json()) as { id: string };
  const patch = (etag: string) =>
    ask(`/v1/projects/${id}`, {
      method: "PATCH",
      body: `{"description":"${etag.length}"}`,
      headers: { "if-match": etag },
    });
  expect((await patch(`"1"`)).headers.get("etag")).toBe(`"2"`);
  expect(await (await patch(`"1"`)).json()).toMatchObject({ code: "revision_mismatch", status: 412 });
  expect(await (await patch("one")).json()).toMatchObject({ code: "malformed_request", status: 400 });
  expect((await ask(`/v1/projects/${id}`, { method: "DELETE" })).status).toBe(204);
});

test("an idempotency key makes a create repeatable", async () => {
  const headers = { "idempotency-key": "k1" };
  const first = (await (await post("/v1/projects", `{"name":"once"}`, headers)).json()) as { id: string };
  expect(await (await post("/v1/projects", `{"name":"once"}`, headers)).json()).toEqual(first);
  const other = await post("/v1/projects", `{"name":"twice"}`, headers);
  expect(await other.json()).toMatchObject({ code: "idempotency_key_reused", status: 422 });
});

test("a mistake of ours is a problem without its inside", async () => {
  const broken = new Proxy(running.platform, {
    get: (platform, name) =>
      name === "projects"
        ? { ...platform.projects, list: () => Promise.reject(new Error("secret inside")) }
        : Reflect.get(platform, name),
  });
  const log: string[] = [];
  const other = await servePlatform(broken, {
    host: "127.0.0.1",
    port: 0,
    token: "t",
    version: "0",
    log: textLogger((line) => log.push(line)),
  });
  const response = await fetch(`${other.endpoint}/v1/projects`, { headers: { authorization: "Bearer t" } });
  expect(response.status).toBe(500);
  const body = await response.text();
  expect(body).not.toContain("secret inside");
  expect(JSON.parse(body)).toMatchObject({ code: "internal" });
  expect(log.join("\n")).toContain("secret inside");
  await other.close();
});

test("a server that cannot take a connection goes on, however often", async () => {
  let heard: EventEmitter | undefined;
  const listen = Server.prototype.listen;
  const spy = jest.spyOn(Server.prototype, "listen").mockImplementation(function (
    this: Server,
    ...args: unknown[]
  ) {
    heard = this;
    return Reflect.apply(listen, this, args);
  });
  const said: string[] = [];
  const { endpoint, close } = await servePlatform(running.platform, {
    ...{ host: "127.0.0.1", port: 0, token: "s3cret", version: "1.2.3" },
    log: textLogger((line) => said.push(line)),
  });
  spy.mockRestore();
  // As Node.js tells it, when the process has no descriptor left.
  for (let i = 0; i < 3; i++) heard!.emit("error", new Error("accept EMFILE"));
  expect((await fetch(`${endpoint}/health`)).status).toBe(200);
  expect(said.filter((line) => line.includes("a connection could not be taken: accept EMFILE"))).toHaveLength(
    3,
  );
  await close();
});

test("a strange request id is not passed on", async () => {
  const given = "x".repeat(101);
  const id = await new Promise((resolve, reject) => {
    const { port } = new URL(server.endpoint);
    request({ port, path: "/health", headers: { "x-request-id": given } }, (response) => {
      response.resume();
      resolve(response.headers["x-request-id"]);
    })
      .on("error", reject)
      .end();
  });
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
});
