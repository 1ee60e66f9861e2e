import { openStackPlatform } from "../../lib/openstack";
import { Session } from "../../lib/provider/session";
import { cleanUp } from "../support/clean-up";
import { keystone, variablesFor } from "../support/keystone";

afterEach(cleanUp);

/** What a plan takes for the address of a forward, in a project that has some. */
async function plannedIn(addresses: readonly string[]): Promise<string | undefined> {
  const floatingips = addresses.map((floating_ip_address, index) => ({
    ...{ id: `a${index}`, floating_ip_address, floating_network_id: "ext", router_id: `r${index}` },
    ...{
      port_id: null,
      description: "",
      created_at: `2026-01-0${index + 1}T00:00:00Z`,
      port_forwardings: [],
    },
  }));
  const projects = [{ id: "p1", name: "web", description: "", tags: [] }];
  const { url } = await keystone(() => ({ body: { projects, floatingips, subnets: [], extension: {} } }));
  const session = new Session(openStackPlatform({ version: "0.0.0" }, variablesFor(url)), {
    ...{ defaultLabels: {}, ownershipId: null, planId: null, reachable: true },
  });
  return session.defaultExternalIp("p1", AbortSignal.timeout(10_000));
}

test("of a project with one address a plan knows where its forwards are", async () => {
  expect(await plannedIn(["203.0.113.5"])).toBe("203.0.113.5");
});

test("of several, the router of the instance decides, and no plan is refused because of the first one", async () => {
  expect(await plannedIn(["203.0.113.5", "203.0.113.6"])).toBeUndefined();
});
