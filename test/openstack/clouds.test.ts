import { Clouds } from "../../lib/openstack/clouds";
import { findCredentials } from "../../lib/openstack/credentials";
import { Session } from "../../lib/openstack/session";
import { cleanUp } from "../support/clean-up";
import { keystone, variablesFor } from "../support/keystone";

afterEach(cleanUp);

const cloudsOf = (variables: Record<string, string>) =>
  new Clouds(new Session(findCredentials({}, variables)));

/** Credentials that say which project is theirs, so that nobody has to be asked. */
const byId = (url: string) => ({ ...variablesFor(url), OS_PROJECT_ID: "p1" });

test("another project is opened without a token of the credentials' own, and serves what any project answers", async () => {
  const { url, seen, tokens } = await keystone(() => ({ body: { projects: [] } }));
  const clouds = cloudsOf(byId(url));
  expect((await clouds.of("p2")).projectId).toBe("p2");
  expect((await clouds.any()).projectId).toBe("p2");
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
  expect((await clouds.any()).projectId).toBe("p1");
});

test("credentials that are refused are no reason to take a project for gone", async () => {
  const { url } = await keystone(() => ({}), { refused: ["p1", "p2"] });
  const clouds = cloudsOf(byId(url));
  await expect(clouds.of("p2")).rejects.toMatchObject({ code: "unauthenticated" });
  expect(clouds.isGone("p2")).toBe(false);
});
