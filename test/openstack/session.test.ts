import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlatformError } from "../../lib/contract";
import type { CloudError } from "../../lib/openstack/cloud";
import { selfSignedCertificate } from "../../lib/tfplugin/server/certificate";
import { cleanUp, freshFolder } from "../support/clean-up";
import { keystone, type Reply, variablesFor } from "../support/keystone";
import { openCloud } from "../support/openstack-lab";

afterEach(cleanUp);

/** What a call rejects with. */
type Thrown = Partial<Pick<CloudError, "service" | "status" | "type">> &
  Pick<PlatformError, "message" | "stack" | "requestId">;

const thrown = (call: Promise<unknown>): Promise<Thrown & { readonly code?: string }> =>
  call.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`);
    },
    (error) => error,
  );

test("one token serves many requests, each with the run's request id and Nova's version", async () => {
  const { url, seen, tokens } = await keystone(() => ({ body: { servers: [] } }));
  const cloud = await openCloud(variablesFor(url));
  await Promise.all([1, 2, 3].map(() => cloud.request("compute", "GET", "/servers")));
  await cloud.request("network", "GET", "/ports");
  expect(tokens()).toBe(1);
  const [asked, ...requests] = seen;
  expect(JSON.parse(asked!.body).auth.scope).toEqual({ project: { name: "web", domain: { id: "default" } } });
  expect(requests.map((one) => one.url)).toEqual([
    ...[1, 2, 3].map(() => "/compute/v2.1/servers"),
    "/network/v2.0/ports",
  ]);
  expect(requests[0]!.headers).toMatchObject({
    "x-auth-token": "token-1",
    "openstack-api-version": "compute 2.90",
    "x-openstack-request-id": expect.stringMatching(/^req-[0-9a-f-]{36}$/),
  });
  expect(new Set(seen.map(({ headers }) => headers["x-openstack-request-id"])).size).toBe(1);
  expect(requests.at(-1)!.headers).not.toHaveProperty("openstack-api-version");
});

test("the first question to a service goes ahead of the others, whatever it is answered", async () => {
  const { url, seen } = await keystone((_, count) => (count === 0 ? { status: 500, afterMs: 300 } : {}), {});
  const cloud = await openCloud(variablesFor(url));
  const ask = (path: string) => cloud.request("network", "GET", path).catch(() => "failed");
  const answers = [ask("/ports?first"), ask("/ports"), ask("/networks")];
  await cloud.request("compute", "GET", "/servers");
  expect(seen.slice(1).map((one) => one.url)).toEqual(["/network/v2.0/ports?first", "/compute/v2.1/servers"]);
  expect(await Promise.all(answers)).toEqual(["failed", {}, {}]);
  expect(seen.slice(3).map((one) => one.url)).toEqual(["/network/v2.0/ports", "/network/v2.0/networks"]);
});

test("who waits for the first question gives up when told so", async () => {
  const { url } = await keystone((_, count) => ({ body: {}, afterMs: count === 0 ? 1_000 : 0 }));
  const cloud = await openCloud(variablesFor(url));
  const first = cloud.request("network", "GET", "/ports");
  const stop = new AbortController();
  const other = thrown(cloud.request("network", "GET", "/networks", { signal: stop.signal }));
  const began = performance.now();
  stop.abort(new Error("stopped"));
  expect((await other).message).toMatch(/cancelled/);
  expect(performance.now() - began).toBeLessThan(500);
  await first;
});

test("a token is renewed before its end", async () => {
  const { url, seen } = await keystone(() => ({}), { lifeMs: 30_000 });
  const cloud = await openCloud(variablesFor(url));
  await cloud.request("network", "GET", "/ports");
  await cloud.request("network", "GET", "/ports");
  const used = seen.map(({ headers }) => headers["x-auth-token"]).filter(Boolean);
  expect(used).toEqual(["token-2", "token-3"]);
});

test("a token that is not accepted is renewed once, and the request done then", async () => {
  const revoked =
    (token: string) =>
    (seen: { headers: Record<string, unknown> }): Reply =>
      seen.headers["x-auth-token"] === token ? { status: 401 } : { body: { port: { id: "1" } } };
  const { url, tokens } = await keystone(revoked("token-1"));
  const cloud = await openCloud(variablesFor(url));
  const made = await Promise.all([1, 2].map(() => cloud.request("network", "POST", "/ports", { body: {} })));
  expect(made).toEqual([{ port: { id: "1" } }, { port: { id: "1" } }]);
  expect(tokens()).toBe(2);
  const strict = await keystone(() => ({ status: 401, body: { error: { message: "Unauthorized" } } }));
  const error = await thrown((await openCloud(variablesFor(strict.url))).request("network", "GET", "/ports"));
  expect(error).toMatchObject({ name: "CloudError", status: 401 });
  expect(strict.tokens()).toBe(2);
});

test("credentials that Keystone refuses are told without the password", async () => {
  const { url } = await keystone(() => ({}), { status: 401 });
  const error = await thrown(openCloud(variablesFor(url)));
  expect(error).toMatchObject({ name: "PlatformError", code: "unauthenticated" });
  expect(error.message).toBe(
    'Keystone does not accept user "ann" and its password, for project "web" (from the OS_* variables).',
  );
  expect(JSON.stringify(error) + error.stack).not.toContain("hunter2");
});

test("what is no Keystone is told as such; nothing there is unreachable, with who named it", async () => {
  const { url } = await keystone(() => ({}), { status: 404 });
  expect((await thrown(openCloud(variablesFor(url)))).message).toMatch(/HTTP 404: .* Is it Keystone's URL\?/);
  const error = await thrown(openCloud(variablesFor("http://127.0.0.1:1")));
  expect(error).toMatchObject({ code: "unreachable" });
  expect(error.message).toContain("http://127.0.0.1:1/v3 (set by the OS_* variables)");
});

test("a server's certificate has to descend from the CA file", async () => {
  const { pem, keyPem } = selfSignedCertificate();
  const { url } = await keystone(() => ({ body: { ports: [] } }), { tls: { cert: pem, key: keyPem } });
  const file = join(freshFolder(), "ca.pem");
  writeFileSync(file, pem);
  const cloud = await openCloud({ ...variablesFor(url), OS_CACERT: file });
  expect(await cloud.list("network", "/ports", "ports")).toEqual([]);
  const other = join(freshFolder(), "other.pem");
  writeFileSync(other, selfSignedCertificate().pem);
  const error = await thrown(openCloud({ ...variablesFor(url), OS_CACERT: other }));
  expect(error.code).toBe("unreachable");
  expect(error.message).toMatch(/CERT|SIGNATURE|ISSUER/i);
});

test("each service's errors keep their words, kind and request id", async () => {
  const replies: Reply[] = [
    { status: 409, body: { NeutronError: { type: "OverQuota", message: "Quota exceeded", detail: "" } } },
    { status: 403, body: { forbidden: { code: 403, message: "Quota exceeded for instances" } } },
    { status: 404, body: { error: { code: 404, message: "Could not find project", title: "Not Found" } } },
    { status: 400, body: "<html><title>400 Bad Request</title><body>Bad   image</body></html>" },
  ];
  const { url } = await keystone((_, count) => ({
    ...replies[count],
    headers: { "x-openstack-request-id": `req-${count}` },
  }));
  const cloud = await openCloud(variablesFor(url));
  const errors = [];
  for (const service of ["network", "compute", "identity", "image"] as const)
    errors.push(await thrown(cloud.request(service, "GET", "/x")));
  expect(
    errors.map(({ service, status, message, requestId, type }) => [
      service,
      status,
      message,
      requestId,
      type,
    ]),
  ).toEqual([
    ["network", 409, "Quota exceeded", "req-0", "OverQuota"],
    ["compute", 403, "Quota exceeded for instances", "req-1", undefined],
    ["identity", 404, "Could not find project", "req-2", undefined],
    ["image", 400, "400 Bad Request Bad image", "req-3", undefined],
  ]);
});

test("an older Nova is asked in the newest version that it has", async () => {
  const tooNew = "Version 2.90 is not supported by the API. Minimum is 2.1 and maximum is 2.79.";
  const { url, seen } = await keystone(({ headers }) =>
    headers["openstack-api-version"] === "compute 2.79"
      ? { body: { servers: [{ id: "1" }] } }
      : { status: 406, body: { computeFault: { message: tooNew } } },
  );
  const cloud = await openCloud(variablesFor(url));
  expect(await cloud.list("compute", "/servers", "servers")).toEqual([{ id: "1" }]);
  await cloud.list("compute", "/servers", "servers");
  expect(seen.map(({ headers }) => headers["openstack-api-version"]).slice(1)).toEqual([
    "compute 2.90",
    "compute 2.79",
    "compute 2.79",
  ]);
});

test("lists follow their links by query alone, and name what is in two pages once", async () => {
  const pages: Record<string, Reply> = {
    "/network/v2.0/ports?limit=2": { body: page(["a", "b"], "b") },
    "/network/v2.0/ports?limit=2&marker=b": { body: page(["b", "c"], "c") },
    "/network/v2.0/ports?limit=2&marker=c": { body: { ports: [] } },
  };
  const { url, seen } = await keystone(({ url: path }) => pages[path]);
  const cloud = await openCloud(variablesFor(url));
  const ports = await cloud.list("network", "/ports", "ports", { limit: 2 });
  expect(ports.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(seen).toHaveLength(4);
});

test("a list whose marker is deleted meanwhile is begun anew, and a few times at most", async () => {
  const first = { body: page(["a", "b"], "b") };
  let deletions = 1;
  const { url, seen } = await keystone(({ url: path }) => {
    if (path === "/network/v2.0/ports?limit=2") return first;
    if (path === "/network/v2.0/ports?limit=2&marker=b") return { body: page(["c", "d"], "d") };
    // Neutron gives its first page for a marker that it does not know.
    return deletions-- > 0 ? first : { body: { ports: [{ id: "e" }] } };
  });
  const list = async () =>
    (await openCloud(variablesFor(url))).list("network", "/ports", "ports", { limit: 2 });
  expect((await list()).map(({ id }) => id)).toEqual(["a", "b", "c", "d", "e"]);
  expect(seen).toHaveLength(1 + 2 * 3);
  deletions = Number.POSITIVE_INFINITY;
  const error = await thrown(list());
  expect(error).toMatchObject({ code: "unreachable" });
  expect(error.message).toContain("did not list ports to the end in 4 tries");
});

test("a list that is asked for twice in one turn is one request, and each gets its own; later it is read anew", async () => {
  const { url, seen } = await keystone(() => ({ body: { ports: [{ id: "a" }] } }));
  const cloud = await openCloud(variablesFor(url));
  const list = (signal?: AbortSignal) => cloud.list("network", "/ports", "ports", {}, { signal });
  const [one, other] = await Promise.all([list(), list()]);
  expect(one).toEqual([{ id: "a" }]);
  expect(other).toEqual(one);
  expect(other).not.toBe(one);
  expect(seen).toHaveLength(2);
  await list();
  expect(seen).toHaveLength(3);
  // Who gives up does not give up for others.
  const stopped = AbortSignal.abort(new Error("stopped"));
  const [given, kept] = await Promise.allSettled([list(stopped), list()]);
  expect([given.status, kept.status]).toEqual(["rejected", "fulfilled"]);
});

const page = (ids: string[], marker: string) => ({
  ports: ids.map((id) => ({ id })),
  ports_links: [{ rel: "next", href: `http://inside.example.com/v2.0/ports?limit=2&marker=${marker}` }],
});

test("a region that is not there is refused with those that are", async () => {
  const { url } = await keystone(() => ({}));
  const cloud = await openCloud({ ...variablesFor(url), OS_REGION_NAME: "West" });
  const error = await thrown(cloud.request("network", "GET", "/ports"));
  expect(error).toMatchObject({ code: "invalid_argument", field: "/openstack" });
  expect(error.message).toMatch(/there is none in region "West"; the regions are RegionOne\./);
});
