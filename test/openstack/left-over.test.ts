import type { PortForward } from "../../lib/contract";
import { openStackPlatform } from "../../lib/openstack";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { describeLab } from "../support/openstack-lab";
import {
  anotherProcess,
  type ExistingProject,
  everythingIn,
  existingProject,
  make,
  makeServer,
  removeServer,
} from "./existing-project";
import { meddlingProxy } from "./meddling-proxy";

/** A rule as Neutron lists it. */
interface Rule {
  readonly id: string;
  readonly security_group_id: string;
  readonly remote_ip_prefix: string | null;
  readonly description: string;
}

describeLab("what is left of forwards that went without us", () => {
  let project: ExistingProject;
  // One each: what one test leaves is what the others are about.
  beforeEach(async () => {
    project = await existingProject();
  });
  afterEach(cleanUp);

  const target = (internalPort: number) => ({
    ...{ projectId: project.projectId, instanceId: project.server.id, protocol: "tcp" as const },
    internalPort,
  });
  const rules = async () =>
    (await project.cloud.list<Rule>("network", "/security-group-rules", "security_group_rules")).filter(
      ({ description }) => description?.startsWith("fairlead "),
    );
  const removeByHand = async ({ id, externalIp }: PortForward) => {
    const addresses = await project.cloud.list<{ id: string; floating_ip_address: string }>(
      ...(["network", "/floatingips", "floatingips"] as const),
    );
    const address = addresses.find((one) => one.floating_ip_address === externalIp)!;
    await project.cloud.request("network", "DELETE", `/floatingips/${address.id}/port_forwardings/${id}`);
  };

  test("a rule that was for everyone does not outlive its forward into the next one, which is for some", async () => {
    const before = await everythingIn(project);
    const first = await project.platform.portForwards.create(target(22));
    const other = await project.platform.portForwards.create(target(80));
    await removeByHand(first);
    const { portForwards } = anotherProcess(project);
    const second = await portForwards.create({ ...target(22), allowedCidrs: ["198.51.100.0/24"] });
    const open = (await rules()).map(({ description, remote_ip_prefix }) => [description, remote_ip_prefix]);
    expect(open).toHaveLength(2);
    expect(open).toEqual(
      expect.arrayContaining([
        [`fairlead ${second.id}`, "198.51.100.0/24"],
        [`fairlead ${other.id}`, null],
      ]),
    );
    await portForwards.delete(second.id);
    await portForwards.delete(other.id);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("nor into one that is led to its port, and a change elsewhere closes it, too", async () => {
    const before = await everythingIn(project);
    const gone = await project.platform.portForwards.create(target(22));
    const here = await project.platform.portForwards.create(target(80));
    await removeByHand(gone);
    const changed = anotherProcess(project).portForwards;
    await changed.update(here.id, { internalPort: 22, allowedCidrs: ["198.51.100.0/24"] });
    expect((await rules()).map(({ remote_ip_prefix }) => remote_ip_prefix)).toEqual(["198.51.100.0/24"]);
    const server = await makeServer(project.cloud, project.network.networkId, "aside");
    await removeByHand(here);
    const { portForwards } = anotherProcess(project);
    const aside = await portForwards.create({ ...target(22), instanceId: server.id });
    expect((await rules()).map(({ description }) => description)).toEqual([`fairlead ${aside.id}`]);
    await portForwards.delete(aside.id);
    await removeServer(project.cloud, server.id);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("a rule that somebody has put into the group by hand stays, and no sources are promised beside it", async () => {
    const first = await project.platform.portForwards.create(target(22));
    const [{ security_group_id }] = (await rules()) as [Rule];
    const byHand = await make<{ id: string }>(
      ...([project.cloud, "network", "/security-group-rules", "security_group_rule"] as const),
      {
        ...{ security_group_id, direction: "ingress", protocol: "tcp" },
        port_range_min: 1,
        port_range_max: 99,
      },
    );
    const { portForwards } = anotherProcess(project);
    const some = { allowedCidrs: ["198.51.100.0/24"] };
    const refused = await rejection(portForwards.create({ ...target(80), ...some }), "unsupported");
    expect(refused.message).toContain(`lets in everyone (rule ${byHand.id})`);
    await rejection(portForwards.update(first.id, some), "unsupported");
    const path = `/security-group-rules/${byHand.id}`;
    await project.cloud.request("network", "GET", path);
    await project.cloud.request("network", "DELETE", path);
    // A rule of the forward itself does not stand in its way.
    expect(await anotherProcess(project).portForwards.update(first.id, some)).toMatchObject(some);
    await project.platform.portForwards.delete(first.id);
  });

  test("whoever deletes a forward that is gone takes away what the last one has left", async () => {
    await project.cloud.request("network", "DELETE", `/floatingips/${project.address.id}`);
    const before = await everythingIn(project);
    const forward = await project.platform.portForwards.create(target(22));
    await removeByHand(forward);
    await rejection(anotherProcess(project).portForwards.delete(forward.id), "not_found");
    expect(await everythingIn(project)).toEqual(before);
  });

  test("a group that cannot be removed is no reason for a forward to fail that is open", async () => {
    const server = await makeServer(project.cloud, project.network.networkId, "short-lived");
    await project.platform.portForwards.create({ ...target(22), instanceId: server.id });
    await project.cloud.request("compute", "DELETE", `/servers/${server.id}`);
    const leading = () => project.platform.portForwards.list({ instanceId: server.id });
    while ((await leading()).items.length > 0);
    let refused = 0;
    const endpoint = await meddlingProxy("http://127.0.0.1:20696", ({ method, url }) => {
      if (method !== "DELETE" || !url.startsWith("/v2.0/security-groups/")) return undefined;
      refused++;
      return Promise.resolve({ status: 500, body: "{}" });
    });
    const environment = { ...project.environment, OS_NETWORK_ENDPOINT_OVERRIDE: endpoint };
    const { portForwards } = openStackPlatform({ version: "0.0.0" }, environment);
    expect(await portForwards.create(target(22))).toMatchObject({ status: "active" });
    expect(refused).toBe(1);
  });
});
