import { Clouds } from "../../lib/openstack/clouds";
import { findCredentials } from "../../lib/openstack/credentials";
import { clearProject } from "../../lib/openstack/project-life";
import { Session } from "../../lib/openstack/session";
import { cleanUp } from "../support/clean-up";
import { keystone, variablesFor } from "../support/keystone";

afterEach(cleanUp);

const address = {
  ...{ id: "a1", floating_ip_address: "203.0.113.5", floating_network_id: "ext", router_id: null },
  ...{ port_id: null, description: "Made by Fairlead", created_at: "2026-01-01T00:00:00Z" },
};
const group = (id: string, name: string) => ({ id, name, security_group_rules: [] });
const ours = group("g1", "fairlead-6d1c4d7e-2f0b-4a55-9d0c-0a3c1b8f2e11");
const needs = { addresses: [address], networks: [], routers: [], groups: [ours, group("g2", "default")] };

/** The token of the credentials' own project sees nothing of another one. */
async function twoProjects(status = 204) {
  const { url, seen } = await keystone(({ headers }) =>
    headers["x-auth-token"] === "token-1" ? undefined : { status, body: { error: { message: "policy" } } },
  );
  const clouds = new Clouds(new Session(findCredentials({}, variablesFor(url))));
  return { home: await clouds.home(), cloud: await clouds.of("p2"), seen };
}

test("a project is cleared by a token that sees what is in it, save the group that is an administrator's", async () => {
  const { home, cloud, seen } = await twoProjects();
  await clearProject(cloud, home, needs);
  const sent = seen.filter(({ method }) => method === "DELETE");
  expect(sent.map(({ url, headers }) => [url, headers["x-auth-token"]])).toEqual([
    ["/network/v2.0/security-groups/g1", "token-2"],
    ["/network/v2.0/floatingips/a1", "token-2"],
    ["/network/v2.0/security-groups/g2", "token-1"],
  ]);
});

test("an address that may not be released keeps its project", async () => {
  const { home, cloud } = await twoProjects(403);
  await expect(clearProject(cloud, home, needs)).rejects.toMatchObject({ status: 403 });
});
