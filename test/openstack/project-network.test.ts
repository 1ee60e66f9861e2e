import { Clouds } from "../../lib/openstack/clouds";
import { findCredentials } from "../../lib/openstack/credentials";
import { ProjectNetworks } from "../../lib/openstack/project-network";
import { Session } from "../../lib/openstack/session";
import { defaultSettings } from "../../lib/openstack/settings";
import { cleanUp } from "../support/clean-up";
import { keystone, variablesFor } from "../support/keystone";

afterEach(cleanUp);

/** A cloud with an address of ours that holds no forward, and what it answers to who releases that. */
async function withUnusedAddress(deleted: { status: number; body: object }) {
  const address = {
    ...{ id: "a1", floating_ip_address: "203.0.113.5", floating_network_id: "ext", router_id: null },
    ...{ port_id: null, description: "Made by Fairlead", created_at: "2026-01-01T00:00:00Z" },
    port_forwardings: [],
  };
  const { url } = await keystone(({ method, url: path }) => {
    if (method === "DELETE") return deleted;
    if (path.startsWith("/network/v2.0/floatingips")) return { body: { floatingips: [address] } };
    return { body: { networks: [], routers: [] } };
  });
  const clouds = new Clouds(new Session(findCredentials({}, variablesFor(url))));
  return { networks: new ProjectNetworks(defaultSettings, clouds), home: await clouds.home() };
}

test("an address of which somebody has made a forward meanwhile stays, and that is no failure", async () => {
  const { networks, home } = await withUnusedAddress({
    status: 409,
    body: {
      NeutronError: { type: "FipInUseByPortForwarding", message: "Floating IP a1 in use", detail: "" },
    },
  });
  await networks.release(home);
});

test("a release that fails is told to who asked for it, and to nobody who comes later", async () => {
  const { networks, home } = await withUnusedAddress({ status: 500, body: {} });
  await expect(networks.release(home)).rejects.toMatchObject({ status: 500 });
  expect(await networks.hold(home, async () => "made")).toBe("made");
});
