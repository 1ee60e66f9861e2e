import type { Platform } from "../../lib/contract";
import { openStackPlatform } from "../../lib/openstack";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { asAdministrator, describeLab } from "../support/openstack-lab";
import {
  anotherProcess,
  type ExistingProject,
  everythingIn,
  existingProject,
  make,
  makeAddress,
  makeForward,
  makeNetwork,
  makeServer,
  removeNetwork,
  removeServer,
} from "./existing-project";
import { meddlingProxy } from "./meddling-proxy";

/** A rule as Neutron lists it. */
interface Rule {
  readonly id: string;
  readonly direction: string;
  readonly protocol: string;
  readonly port_range_min: number;
  readonly port_range_max: number;
  readonly remote_ip_prefix: string | null;
  readonly description: string;
}

describeLab("forwards to servers that exist, as a member", () => {
  let project: ExistingProject;
  let forwards: Platform["portForwards"];
  beforeAll(async () => {
    project = await existingProject();
    forwards = project.platform.portForwards;
  });
  afterAll(cleanUp);
  afterEach(async () => {
    for (const { id, deletionProtection } of (await forwards.list()).items) {
      if (deletionProtection) await forwards.update(id, { deletionProtection: false });
      await forwards.delete(id);
    }
  });

  const target = (internalPort: number) => ({
    ...{ projectId: project.projectId, instanceId: project.server.id, protocol: "tcp" as const },
    internalPort,
  });
  const rules = async () => {
    const all = await project.cloud.list<Rule>("network", "/security-group-rules", "security_group_rules");
    return all.filter(({ description }) => description?.startsWith("fairlead "));
  };
  const groupsOfPort = async (): Promise<string[]> => {
    const path = `/ports/${project.server.portId}`;
    const { port } = await project.cloud.request<{ port: { security_groups: string[] } }>(
      "network",
      "GET",
      path,
    );
    return port.security_groups;
  };
  const putGroups = (security_groups: string[]) =>
    project.cloud.request("network", "PUT", `/ports/${project.server.portId}`, {
      body: { port: { security_groups } },
    });

  test("a forward gets a port, and its traffic is let in by one rule of a group of its own", async () => {
    const before = await everythingIn(project);
    const groups = await groupsOfPort();
    const forward = await forwards.create({ ...target(22), description: "ssh" });
    expect(forward).toMatchObject({ externalIp: project.address.ip, internalIp: project.server.ip });
    expect(forward.externalPort).toBeGreaterThanOrEqual(20_000 + 128);
    expect(forward.externalPort).toBeLessThanOrEqual(32_767);
    const [rule, ...more] = await rules();
    expect(more).toEqual([]);
    expect(rule).toMatchObject({ direction: "ingress", protocol: "tcp", remote_ip_prefix: null });
    expect(rule).toMatchObject({ port_range_min: 22, port_range_max: 22 });
    const now = await groupsOfPort();
    expect(now).toEqual(expect.arrayContaining(groups));
    expect(now).toHaveLength(groups.length + 1);
    const path = `/security-groups/${now.find((id) => !groups.includes(id))}`;
    const { security_group } = await project.cloud.request<{
      security_group: { security_group_rules: Rule[] };
    }>(...(["network", "GET", path] as const));
    // What a new group lets out would undo a group of the user's that restricts it.
    expect(security_group.security_group_rules).toHaveLength(1);
    await forwards.delete(forward.id);
    expect(await everythingIn(project)).toEqual(before);
    await expect(project.cloud.request("network", "GET", path)).rejects.toMatchObject({ status: 404 });
  });

  test("sources are rules, and rules that others take away show in the plan and are mended by it", async () => {
    const cidrs = ["198.51.100.0/24", "2001:db8::/32", "203.0.113.7/32"];
    const forward = await forwards.create({ ...target(22), allowedCidrs: [...cidrs].reverse() });
    expect(forward.allowedCidrs).toEqual(cidrs);
    expect((await rules()).map(({ remote_ip_prefix }) => remote_ip_prefix).sort()).toEqual(cidrs);
    for (const { id } of await rules())
      await project.cloud.request("network", "DELETE", `/security-group-rules/${id}`);
    const closed = await forwards.get(forward.id);
    expect(closed).toMatchObject({ status: "error", allowedCidrs: ["0.0.0.0/32"] });
    expect(await forwards.update(forward.id, { allowedCidrs: cidrs })).toMatchObject({ status: "active" });
    expect(await rules()).toHaveLength(3);
    expect(await forwards.update(forward.id, { allowedCidrs: [] })).toMatchObject({ allowedCidrs: [] });
    expect(await rules()).toHaveLength(1);
    const everyone = await forwards.update(forward.id, { allowedCidrs: ["0.0.0.0/0"] });
    expect(await forwards.get(forward.id)).toEqual(everyone);
    expect(everyone.allowedCidrs).toEqual(["0.0.0.0/0"]);
  });

  test("sources that OpenStack would spell otherwise, or not enforce, are refused", async () => {
    const spelled = await rejection(
      forwards.create({ ...target(22), allowedCidrs: ["2001:DB8:0::/32"] }),
      "invalid_argument",
    );
    expect(spelled).toMatchObject({ field: "/allowedCidrs/0" });
    expect(spelled.message).toContain("write 2001:db8::/32");
    const group = await make<{ id: string }>(
      ...([project.cloud, "network", "/security-groups", "security_group", { name: "web" }] as const),
    );
    await make(project.cloud, "network", "/security-group-rules", "security_group_rule", {
      ...{ security_group_id: group.id, direction: "ingress", protocol: "tcp" },
      ...{ port_range_min: 1, port_range_max: 1024, remote_ip_prefix: "198.51.0.0/16" },
    });
    const own = await groupsOfPort();
    await putGroups([...own, group.id]);
    const wanted = { ...target(22), allowedCidrs: ["198.51.100.0/24"] };
    const other = anotherProcess(project).portForwards;
    const error = await rejection(other.create(wanted), "unsupported");
    expect(error.message).toContain("security group web of the instance lets in 198.51.0.0/16");
    const fits = await other.create({ ...wanted, allowedCidrs: ["198.51.0.0/16"] });
    await other.update(fits.id, { internalPort: 2222, allowedCidrs: ["198.51.100.0/24"] });
    await rejection(other.update(fits.id, { internalPort: 1000 }), "unsupported");
    await putGroups(own);
  });

  test("sources are guarded against whatever lets in the same packets, however it is written, and nothing else", async () => {
    const group = await make<{ id: string }>(
      ...([project.cloud, "network", "/security-groups", "security_group", { name: "more" }] as const),
    );
    const own = await groupsOfPort();
    await putGroups([...own, group.id]);
    const wanted = { ...target(22), allowedCidrs: ["198.51.100.0/24"] };
    /** What a create beside a rule is refused with; undefined where it is not. */
    const beside = async (fields: object): Promise<string | undefined> => {
      const { id } = await make<{ id: string }>(
        ...([project.cloud, "network", "/security-group-rules", "security_group_rule"] as const),
        { security_group_id: group.id, direction: "ingress", ...fields },
      );
      const { portForwards } = anotherProcess(project);
      const refused = await portForwards.create(wanted).then(
        ({ id }) => portForwards.delete(id).then(() => undefined),
        (error: Error) => error.message,
      );
      await project.cloud.request("network", "DELETE", `/security-group-rules/${id}`);
      return refused;
    };
    const ports = { port_range_min: 22, port_range_max: 22 };
    expect(await beside({ protocol: "6", ...ports })).toContain(
      "group more of the instance lets in everyone",
    );
    expect(await beside({ protocol: "17", ...ports })).toBeUndefined();
    expect(await beside({ protocol: "tcp", ethertype: "IPv6", ...ports })).toBeUndefined();
    const addresses = async (...list: string[]) =>
      (
        await make<{ id: string }>(
          ...([project.cloud, "network", "/address-groups", "address_group", { addresses: list }] as const),
        )
      ).id;
    const [narrow, wide] = [await addresses("198.51.100.7/32"), await addresses("203.0.113.0/24")];
    expect(await beside({ protocol: "tcp", remote_address_group_id: narrow, ...ports })).toBeUndefined();
    expect(await beside({ protocol: "tcp", remote_address_group_id: wide, ...ports })).toContain(
      `203.0.113.0/24 of the address group ${wide}`,
    );
    for (const id of [narrow, wide])
      await project.cloud.request("network", "DELETE", `/address-groups/${id}`);
    await putGroups(own);
    await project.cloud.request("network", "DELETE", `/security-groups/${group.id}`);
  });

  test("a group of another project that the port has is looked into", async () => {
    const admin = await asAdministrator();
    const group = await make<{ id: string }>(
      ...([admin, "network", "/security-groups", "security_group", { name: "shared" }] as const),
    );
    const rule = { security_group_id: group.id, direction: "ingress", protocol: "tcp" };
    await make(admin, "network", "/security-group-rules", "security_group_rule", rule);
    const policy = { object_type: "security_group", object_id: group.id, action: "access_as_shared" };
    await make(admin, "network", "/rbac-policies", "rbac_policy", {
      ...{ ...policy, target_tenant: project.projectId },
    });
    const own = await groupsOfPort();
    await putGroups([...own, group.id]);
    const { portForwards } = anotherProcess(project);
    const wanted = { ...target(22), allowedCidrs: ["198.51.100.0/24"] };
    const error = await rejection(portForwards.create(wanted), "unsupported");
    expect(error.message).toContain("group shared of the instance lets in everyone");
    await putGroups(own);
    await admin.request("network", "DELETE", `/security-groups/${group.id}`);
  });

  test("TCP and UDP share a number; a port of an instance is forwarded once across all addresses", async () => {
    const second = await makeAddress(project.cloud);
    const tcp = await forwards.create({ ...target(53), externalPort: 30_053 });
    const udp = await forwards.create({ ...target(53), protocol: "udp", externalPort: 30_053 });
    expect(udp.externalIp).toBe(tcp.externalIp);
    const elsewhere = anotherProcess(project).portForwards;
    const error = await rejection(
      elsewhere.create({ ...target(53), externalIp: second.ip }),
      "internal_port_taken",
    );
    expect(error.message).toContain(tcp.id);
    // The other address is chosen, and changed to in place: to Neutron that is another forward.
    const chosen = await elsewhere.create({ ...target(54), externalIp: second.ip, externalPort: 30_053 });
    expect(chosen.externalIp).toBe(second.ip);
    const taken = await rejection(
      elsewhere.update(chosen.id, { externalIp: project.address.ip }),
      "external_port_taken",
    );
    expect(taken.field).toBe("/externalIp");
    expect(await elsewhere.get(chosen.id)).toEqual(chosen);
    await forwards.delete(tcp.id);
    const moved = await elsewhere.update(chosen.id, { externalIp: project.address.ip });
    expect(moved).toEqual({
      ...chosen,
      ...{ externalIp: project.address.ip, revision: 2, socketAddress: `${project.address.ip}:30053` },
    });
    expect(await forwards.get(chosen.id)).toEqual(moved);
    await forwards.delete(chosen.id);
    await project.cloud.request("network", "DELETE", `/floatingips/${second.id}`);
  });

  test("several networks and routers are told apart, also their addresses", async () => {
    const lan2 = await makeNetwork(project.cloud, "lan2", "10.12.0.0/24");
    const server = await makeServer(project.cloud, lan2.networkId, "other");
    const first = await forwards.create(target(22));
    const { portForwards } = anotherProcess(project);
    const input = { ...target(22), instanceId: server.id };
    const refused = await rejection(
      portForwards.create({ ...input, externalIp: project.address.ip }),
      "unknown_external_ip",
    );
    expect(refused.message).toContain("belongs to another router than the instance");
    await rejection(portForwards.create({ ...input, externalIp: "192.0.2.1" }), "unknown_external_ip");
    // Of the second router there is no address yet: one is made.
    const second = await portForwards.create(input);
    expect(second.externalIp).not.toBe(first.externalIp);
    await rejection(portForwards.update(first.id, { instanceId: server.id }), "unknown_external_ip");
    await portForwards.delete(second.id);
    const left = await project.cloud.list<{ id: string; floating_ip_address: string }>(
      ...(["network", "/floatingips", "floatingips"] as const),
    );
    expect(left.map(({ floating_ip_address }) => floating_ip_address)).toEqual([project.address.ip]);
    await project.cloud.request("compute", "DELETE", `/servers/${server.id}`);
  });

  test("a router that is made after the first forward is known to the next one", async () => {
    const before = await everythingIn(project);
    const { instances, portForwards } = anotherProcess(project);
    const first = await portForwards.create(target(22));
    // With it, the project gets its network and router of ours.
    const instance = await instances.create({
      ...{ projectId: project.projectId, name: "web", image: "cirros", flavor: "tiny" },
    });
    const second = await portForwards.create({ ...target(22), instanceId: instance.id });
    expect(second.externalIp).not.toBe(first.externalIp);
    for (const { id } of [first, second]) await portForwards.delete(id);
    await instances.delete(instance.id);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("an address of a router that the project cannot see is left out, and another one taken", async () => {
    const before = await everythingIn(project);
    const first = await forwards.create(target(22));
    const lan3 = await makeNetwork(project.cloud, "lan3", "10.13.0.0/24");
    const server = await makeServer(project.cloud, lan3.networkId, "behind");
    const blind = await meddlingProxy("http://127.0.0.1:20696", ({ method, url }) =>
      method === "GET" && url.startsWith("/v2.0/routers")
        ? Promise.resolve({ status: 200, body: JSON.stringify({ routers: [] }) })
        : undefined,
    );
    const environment = { ...project.environment, OS_NETWORK_ENDPOINT_OVERRIDE: blind };
    const { portForwards } = openStackPlatform({ version: "0.0.0" }, environment);
    const second = await portForwards.create({ ...target(22), instanceId: server.id });
    expect(second.externalIp).not.toBe(first.externalIp);
    const chosen = { ...target(23), instanceId: server.id, externalIp: first.externalIp };
    await rejection(portForwards.create(chosen), "unknown_external_ip");
    for (const { id } of [first, second]) await forwards.delete(id);
    await removeServer(project.cloud, server.id);
    await removeNetwork(project.cloud, lan3);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("an address that leads to a port as a whole holds no forwards; nor is its server forwarded to", async () => {
    const whole = await makeAddress(project.cloud);
    const server = await makeServer(project.cloud, project.network.networkId, "public");
    await project.cloud.request("network", "PUT", `/floatingips/${whole.id}`, {
      body: { floatingip: { port_id: server.portId } },
    });
    const { portForwards } = anotherProcess(project);
    await rejection(portForwards.create({ ...target(22), externalIp: whole.ip }), "unknown_external_ip");
    const error = await rejection(
      portForwards.create({ ...target(22), instanceId: server.id }),
      "cloud_refused",
    );
    expect(error.message).toContain("has a floating IP of its own");
    expect(error.requestId).toMatch(/^req-/);
    await project.cloud.request("network", "DELETE", `/floatingips/${whole.id}`);
    await project.cloud.request("compute", "DELETE", `/servers/${server.id}`);
  });

  test("forwards of others are listed, found by their natural key, and brought under code in place", async () => {
    const made = await makeForward(project, {
      internal_port: 80,
      external_port: 8080,
      description: "by hand",
    });
    await makeForward(project, { protocol: "icmp", internal_port: 1, external_port: 1 });
    const key = { externalIp: project.address.ip, externalPort: 8080, protocol: "tcp" as const };
    const [found, ...more] = (await forwards.list(key)).items;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ id: made.id, description: "by hand", status: "active", ownershipId: null });
    const error = await rejection(forwards.create(target(80)), "internal_port_taken");
    expect(error.message).toContain(made.id);
    const ours = await forwards.update(
      made.id,
      { labels: { tier: "web" }, description: "by code" },
      { revision: found!.revision },
    );
    expect(ours).toMatchObject({
      id: made.id,
      externalPort: 8080,
      labels: { tier: "web" },
      status: "active",
    });
    expect(await forwards.get(made.id)).toEqual(ours);
    expect(await rules()).toHaveLength(1);
  });

  test("a change by somebody else is noticed: the change that was decided before is refused", async () => {
    const forward = await forwards.create(target(22));
    const path = `/floatingips/${project.address.id}/port_forwardings/${forward.id}`;
    await project.cloud.request("network", "PUT", path, {
      body: { port_forwarding: { external_port: 2222 } },
    });
    await rejection(forwards.update(forward.id, { description: "x" }, { revision: 1 }), "revision_mismatch");
    const now = await forwards.get(forward.id);
    expect(now).toMatchObject({ externalPort: 2222 });
    const back = await forwards.update(forward.id, { externalPort: 30_022 }, { revision: now.revision });
    expect(back.externalPort).toBe(30_022);
    await project.cloud.request("network", "DELETE", path);
    await rejection(forwards.update(forward.id, { description: "x" }), "not_found");
  });

  test("descriptions that Neutron cannot keep are refused before they are an internal server error", async () => {
    const error = await rejection(
      forwards.create({ ...target(22), description: "x".repeat(256) }),
      "invalid_argument",
    );
    expect(error.field).toBe("/description");
    const emoji = await forwards.create({ ...target(22), description: "🚢 안녕" });
    expect((await forwards.get(emoji.id)).description).toBe("🚢 안녕");
  });

  test("a single port becomes a range and the reverse, and Neutron has what it was told", async () => {
    const forward = await forwards.create(target(22));
    for (const patch of [
      { internalPort: 7000, portCount: 3 },
      { portCount: 5, internalPort: 7100 },
      { portCount: 1, internalPort: 22 },
    ]) {
      const changed = await forwards.update(forward.id, patch);
      expect(changed).toMatchObject({ ...patch, externalPort: forward.externalPort });
      expect(await forwards.get(forward.id)).toEqual(changed);
    }
    const server = await makeServer(project.cloud, project.network.networkId, "second");
    const elsewhere = await forwards.update(forward.id, {
      instanceId: server.id,
      portCount: 4,
      internalPort: 80,
    });
    expect(elsewhere).toMatchObject({ instanceId: server.id, internalIp: server.ip, portCount: 4 });
    expect(await forwards.get(forward.id)).toEqual(elsewhere);
    expect((await rules()).map(({ port_range_max }) => port_range_max)).toEqual([83]);
    await forwards.delete(forward.id);
    await project.cloud.request("compute", "DELETE", `/servers/${server.id}`);
  });

  test("a server that others delete takes its forwards away, and the next list says so", async () => {
    const server = await makeServer(project.cloud, project.network.networkId, "short-lived");
    const forward = await forwards.create({ ...target(22), instanceId: server.id });
    await project.cloud.request("compute", "DELETE", `/servers/${server.id}`);
    const end = Date.now() + 60_000;
    while ((await forwards.list()).items.length > 0 && Date.now() < end);
    expect((await forwards.list()).items).toEqual([]);
    // What was made for its port goes with the next change.
    const ours = async () =>
      (
        await project.cloud.list<{ id: string; name: string }>(
          ...(["network", "/security-groups", "security_groups"] as const),
        )
      ).filter(({ name }) => name.startsWith("fairlead-"));
    expect(await ours()).toHaveLength(1);
    await forwards.delete((await forwards.create(target(22))).id);
    expect(await ours()).toEqual([]);
    await rejection(forwards.delete(forward.id), "not_found");
  });
});
