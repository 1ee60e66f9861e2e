import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Capabilities, contractEdition } from "../../lib/contract";
import { httpPlatform } from "../../lib/http/client";
import { rejection } from "../../lib/testing/conformance/rejection";

const project = {
  id: "prj-1",
  name: "ai-lab",
  description: "",
  labels: {},
  instanceQuota: null,
  portForwardQuota: null,
  externalIps: ["127.0.0.1"],
  privateCidr: "127.64.1.0/24",
  ownershipId: null,
  revision: 1,
  createdAt: "2026-01-31T12:00:00.000Z",
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
const cut: Answer = (request) => void request.socket.destroy();

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that gives one answer after another, and a platform that asks it. */
async function scripted(...answers: Answer[]) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const answer = answers[seen.length] ?? answers.at(-1)!;
    seen.push(request);
    request.resume().on("end", () => answer(request, response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    seen,
    platform: httpPlatform({ endpoint, endpointSource: "FAIRLEAD_ENDPOINT", token: "s3cret" }),
    endpoint,
  };
}

test("a create with a key is sent again when its reply is lost, with the same key", async () => {
  const { seen, platform } = await scripted(cut, json(503, {}), json(201, project));
  expect(await platform.projects.create({ name: "ai-lab" }, { idempotencyKey: "k1" })).toEqual(project);
  expect(seen.map((request) => request.headers["idempotency-key"])).toEqual(["k1", "k1", "k1"]);
});

test("a create without a key is not sent again, since it may have been carried out", async () => {
  const { seen, platform, endpoint } = await scripted(cut, json(201, project));
  const error = await rejection(platform.projects.create({ name: "ai-lab" }), "unreachable");
  expect(seen).toHaveLength(1);
  expect(error.message).toBe(
    `POST /v1/projects got no answer from ${endpoint} (set by FAIRLEAD_ENDPOINT): ECONNRESET.`,
  );
});

test("a change with a revision is sent again, with the same revision", async () => {
  const { seen, platform } = await scripted(cut, json(200, { ...project, description: "x", revision: 2 }));
  await platform.projects.update("prj-1", { description: "x" }, { revision: 1 });
  expect(seen.map((request) => request.headers["if-match"])).toEqual([`"1"`, `"1"`]);
});

test.each([
  ["has not every field", { description: "y", name: "lab", revision: 2 }],
  ["is at a later revision", { description: "x", name: "lab", revision: 3 }],
])("a second try that is refused is no success when the entity %s", async (_, now) => {
  const mismatch = { type: "", title: "", status: 412, detail: "no", code: "revision_mismatch", hint: "" };
  const { seen, platform } = await scripted(cut, json(412, mismatch), json(200, { ...project, ...now }));
  const update = platform.projects.update("prj-1", { description: "x", name: "lab" }, { revision: 1 });
  await rejection(update, "revision_mismatch");
  expect(seen.map((request) => request.method)).toEqual(["PATCH", "PATCH", "GET"]);
});

const unknownRoute = { type: "", title: "", status: 404, detail: "no", code: "unknown_route", hint: "" };

test.each([
  ["knows no GET /v1/platform", json(404, unknownRoute), "edition 1"],
  ["keeps an older edition", json(200, { version: "0.0.9", contractEdition: 1 }), "edition 1"],
])(
  "a platform that %s is older than its client, and the message names both editions",
  async (_, answer, edition) => {
    const { platform, endpoint } = await scripted(answer);
    const error = await rejection(platform.info(), "platform_outdated");
    expect(error.message).toContain(`The platform at ${endpoint}`);
    expect(error.message).toContain(edition);
    expect(error.message).toContain(`this client needs edition ${contractEdition}`);
    expect(error.hint).toContain("Upgrade the platform");
  },
);

test("a platform that keeps a newer edition is fine, and what is no platform is told", async () => {
  const info = {
    version: "9.0.0",
    contractEdition: contractEdition + 1,
    capabilities: Object.fromEntries(Object.keys(Capabilities.shape).map((name) => [name, true])),
    externalPorts: { from: 20000, to: 32767 },
    sharedExternalIps: true,
  };
  const newer = { ...info, colour: "red", capabilities: { ...info.capabilities, teleport: true } };
  const { platform } = await scripted(json(200, newer), json(200, { hello: "world" }), json(200, null));
  expect(await platform.info()).toEqual(info);
  await rejection(platform.info(), "internal");
  await rejection(platform.info(), "internal");
  const { platform: elsewhere } = await scripted(json(404, { error: "no such page" }));
  await rejection(elsewhere.info(), "internal");
});

test("a delete whose reply was lost is done when the second try finds nothing", async () => {
  const gone = { type: "", title: "", status: 404, detail: "gone", code: "not_found", hint: "" };
  const { platform: elsewhere } = await scripted(cut, json(404, { error: "no such page" }));
  await rejection(elsewhere.projects.delete("prj-1"), "internal");
  const { seen, platform } = await scripted(cut, json(404, gone));
  await platform.projects.delete("prj-1");
  expect(seen).toHaveLength(2);
});

test("Retry-After is honoured", async () => {
  const { platform } = await scripted(json(429, {}, { "retry-after": "1" }), json(200, project));
  const began = performance.now();
  await platform.projects.get("prj-1");
  expect(performance.now() - began).toBeGreaterThan(950);
});

test("Retry-After may be a date", async () => {
  const date = new Date(Date.now() + 2000).toUTCString();
  const { platform } = await scripted(json(503, {}, { "retry-after": date }), json(200, project));
  const began = performance.now();
  await platform.projects.get("prj-1");
  expect(performance.now() - began).toBeGreaterThan(900);
});

test("who cancels a create still learns what was made, but it is not tried again", async () => {
  const late: Answer = (request, response) => setTimeout(() => json(201, project)(request, response), 300);
  const first = await scripted(late);
  const signal = AbortSignal.timeout(100);
  expect(await first.platform.projects.create({ name: "ai-lab" }, { idempotencyKey: "k", signal })).toEqual(
    project,
  );
  const second = await scripted(json(503, {}, { "retry-after": "30" }));
  const cancelled = second.platform.projects.create(
    { name: "x" },
    { idempotencyKey: "k", signal: AbortSignal.timeout(100) },
  );
  await rejection(cancelled, "unreachable");
  expect(second.seen).toHaveLength(1);
});

test("a wait ends at once when the call is cancelled", async () => {
  const { platform } = await scripted(json(503, {}, { "retry-after": "30" }));
  const began = performance.now();
  const cancelled = rejection(
    platform.projects.get("prj-1", { signal: AbortSignal.timeout(100) }),
    "unreachable",
  );
  const { message, cause } = await cancelled;
  expect(message).toContain("cancelled");
  expect(cause).toMatchObject({ name: "TimeoutError" });
  expect(performance.now() - began).toBeLessThan(2000);
});

test("an endpoint where nobody listens is named with the cause and who set it", async () => {
  const { platform, endpoint } = await scripted(cut);
  await new Promise((resolve) => servers[0]!.close(resolve));
  const error = await rejection(platform.projects.list(), "unreachable");
  expect(error.message).toBe(
    `GET /v1/projects got no answer from ${endpoint} (set by FAIRLEAD_ENDPOINT): ECONNREFUSED.`,
  );
});

test("an answer of something else than a platform says so", async () => {
  const { platform } = await scripted(json(404, { error: "no such page" }));
  const error = await rejection(platform.projects.get("prj-1"), "internal");
  expect(error.message).toContain("is the endpoint a Fairlead platform?");
  const { platform: other } = await scripted(json(200, { hello: "world" }));
  await rejection(other.projects.get("prj-1"), "internal");
});

test("fields of a newer platform are left out, its unknown codes keep their message", async () => {
  const { platform } = await scripted(
    json(200, { ...project, colour: "red" }),
    json(409, { type: "", title: "", status: 409, detail: "too colourful", code: "colour_taken", hint: "" }),
  );
  expect(await platform.projects.get("prj-1")).toEqual(project);
  expect((await rejection(platform.projects.get("prj-1"), "invalid_argument")).message).toBe("too colourful");
});

test("an idle connection is closed after four seconds; a request that takes longer is not cut off", async () => {
  const slow: Answer = (request, response) =>
    void setTimeout(() => json(200, project)(request, response), 5_000);
  const { platform, seen } = await scripted(json(200, project), slow);
  const server = servers.at(-1)!;
  // As eventlet's and others: it says nothing of how long it keeps them.
  server.keepAliveTimeout = 0;
  const open = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  await platform.projects.get("prj-1");
  expect(await open()).toBe(1);
  await platform.projects.get("prj-1");
  expect(new Set(seen.map(({ socket }) => socket)).size).toBe(1);
  expect(await open()).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await open()).toBe(0);
}, 20_000);

test("no error carries the token", async () => {
  const { platform } = await scripted(cut);
  const error = await rejection(platform.projects.create({ name: "x" }), "unreachable");
  expect(require("node:util").inspect(error, { depth: 10 })).not.toContain("s3cret");
});
