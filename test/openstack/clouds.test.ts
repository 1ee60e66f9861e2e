import { Clouds } from "../../lib/openstack/clouds";
import { findCredentials } from "../../lib/openstack/credentials";
import { Session } from "../../lib/openstack/session";
import { cleanUp } from "../support/clean-up";
import { keystone, type Seen, variablesFor } from "../support/keystone";

afterEach(cleanUp);

const cloudsOf = (variables: Record<string, string>) =>
  new Clouds(new Session(findCredentials({}, variables)));

/** Credentials that say which project is theirs, so that nobody has to be asked. */
const byId = (url: string) => ({ ...variablesFor(url), OS_PROJECT_ID: "p1" });

test("another project is opened without a token of the credentials' own, and serves what any project answers", async () => {
  const { url, seen, tokens } = await keystone(() => ({ body: { projects: [] } }));
  const clouds = cloudsOf(byId(url));
  expect((await clouds.of("p2")).projectId).toBe("p2");
  expect(await clouds.ask(async ({ projectId }) => projectId)).toBe("p2");
  expect(tokens()).toBe(1);
  expect((await clouds.of("p1")).projectId).toBe("p1");
  expect(await clouds.of("p1")).toBe(await clouds.home());
  expect(tokens()).toBe(2);
  expect(seen.map(({ body }) => JSON.parse(body).auth.scope.project)).toEqual([{ id: "p2" }, { id: "p1" }]);
});

test("where the credentials name their project, its token is asked first, and may be all that is needed", async () => {
  const { url, tokens } = await keystone(() => ({}));
  const clouds = cloudsOf(variablesFor(url));
  expect((await clouds.of("p1")).projectId).toBe("p1");
  expect(tokens()).toBe(1);
});

test("a project that Keystone gives no token for is not there, as long as it accepts the credentials", async () => {
  const { url } = await keystone(() => ({}), { refused: ["p2"] });
  const clouds = cloudsOf(byId(url));
  await expect(clouds.of("p2")).rejects.toMatchObject({ code: "not_found" });
  expect(clouds.isGone("p2")).toBe(true);
  expect(await clouds.ask(async ({ projectId }) => projectId)).toBe("p1");
});

test("a project that goes is no reason for what was asked of others by its token", async () => {
  const refused: string[] = [];
  const isRevoked = ({ headers }: Seen) => headers["x-auth-token"] === "token-1" && refused.length > 0;
  const { url } = await keystone(
    (seen) => (isRevoked(seen) ? { status: 401 } : { body: { projects: [{ id: "p1" }] } }),
    { refused },
  );
  const clouds = cloudsOf(byId(url));
  await clouds.of("p2");
  refused.push("p2");
  expect(await clouds.projects()).toEqual([{ id: "p1" }]);
  expect(clouds.isGone("p2")).toBe(true);
});

test("credentials that are refused are no reason to take a project for gone", async () => {
  const refused = ["p1", "p2"];
  const { url } = await keystone(() => ({ status: 401 }), { refused });
  const never = cloudsOf(byId(url));
  await expect(never.of("p2")).rejects.toMatchObject({ code: "unauthenticated" });
  expect(never.isGone("p2")).toBe(false);
  // The same where they were good before.
  refused.splice(0);
  const noMore = cloudsOf(byId(url));
  const [, project] = [await noMore.home(), await noMore.of("p2")];
  refused.push("p1", "p2");
  await expect(project.request("network", "GET", "/ports")).rejects.toMatchObject({
    code: "unauthenticated",
  });
  expect(noMore.isGone("p2")).toBe(false);
});

test("a wrong password is tried for one of many projects, since some clouds lock out who fails often", async () => {
  const { url, seen } = await keystone(() => ({}), { status: 401 });
  const clouds = cloudsOf(byId(url));
  const opened = await Promise.allSettled(["p2", "p3", "p4", "p5"].map((id) => clouds.of(id)));
  expect(opened.map(({ status }) => status)).toEqual(Array(4).fill("rejected"));
  expect(seen.length).toBeLessThanOrEqual(3);
});
