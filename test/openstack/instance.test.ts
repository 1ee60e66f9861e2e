import { setTimeout as sleep } from "node:timers/promises";
import { openStackPlatform } from "../../lib/openstack";
import { findFlavor } from "../../lib/openstack/flavor";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { asAdministrator, describeLab } from "../support/openstack-lab";
import {
  anotherProcess,
  type ExistingProject,
  everythingIn,
  existingProject,
  make,
} from "./existing-project";
import { meddlingProxy } from "./meddling-proxy";

describeLab("instances", () => {
  let project: ExistingProject;
  beforeAll(async () => {
    project = await existingProject();
  });
  afterAll(cleanUp);

  const input = (name: string, more: object = {}) => ({
    ...{ projectId: project.projectId, name, image: "cirros", flavor: "tiny" },
    ...more,
  });

  test("a forward outlives its instance, parked, and leads to the next one by the same port", async () => {
    const others = await everythingIn(project);
    const { instances, portForwards } = project.platform;
    const instance = await instances.create(input("web"));
    const target = { projectId: project.projectId, instanceId: instance.id, protocol: "tcp" as const };
    const forward = await portForwards.create({ ...target, internalPort: 22 });
    await instances.delete(instance.id);
    const detached = await portForwards.get(forward.id);
    expect(detached).toMatchObject({
      instanceId: null,
      status: "detached",
      externalPort: forward.externalPort,
    });
    // Nobody can take its port meanwhile.
    const [, other] = await Promise.all([
      rejection(
        portForwards.create({
          ...{ ...target, instanceId: project.server.id, internalPort: 22 },
          ...{ externalIp: forward.externalIp, externalPort: forward.externalPort },
        }),
        // The parked port is behind our router, the server that was there before behind another one.
        "unknown_external_ip",
      ),
      anotherProcess(project).instances.create(input("web")),
    ]);
    const attached = await anotherProcess(project).portForwards.update(forward.id, { instanceId: other.id });
    expect(attached).toMatchObject({ status: "active", socketAddress: forward.socketAddress });
    await portForwards.delete(forward.id);
    await instances.delete(other.id);
    // What was there before is as it was, and nothing else is left.
    expect(await everythingIn(project)).toEqual(others);
  });

  test("where the list of addresses does not say which ports are forwarded to, they are looked up", async () => {
    const others = await everythingIn(project);
    const older = await meddlingProxy("http://127.0.0.1:20696", ({ method, url, pass }) => {
      if (method !== "GET" || !/^\/v2.0\/floatingips\?/.test(url)) return undefined;
      // As before Zed.
      const without = (name: string, value: unknown) =>
        name === "internal_port_id" || name === "id" ? undefined : value;
      return pass().then(({ status, body }) => {
        const { floatingips } = JSON.parse(body) as { floatingips: { port_forwardings: object[] }[] };
        const told = floatingips.map((address) => ({
          ...address,
          port_forwardings: JSON.parse(JSON.stringify(address.port_forwardings, without)),
        }));
        return { status, body: JSON.stringify({ floatingips: told }) };
      });
    });
    const environment = { ...project.environment, OS_NETWORK_ENDPOINT_OVERRIDE: older };
    const { instances, portForwards } = openStackPlatform({ version: "0.0.0" }, environment);
    const instance = await instances.create(input("web"));
    const target = { projectId: project.projectId, instanceId: instance.id, protocol: "tcp" as const };
    const forward = await portForwards.create({ ...target, internalPort: 22 });
    await instances.delete(instance.id);
    expect(await portForwards.get(forward.id)).toMatchObject({ status: "detached", instanceId: null });
    await portForwards.delete(forward.id);
    await instances.delete((await instances.create(input("last"))).id);
    expect(await everythingIn(project)).toEqual(others);
  });

  test("what was cut off after the port, or after the server, is found again by its key", async () => {
    const idempotencyKey = "plan-1/web";
    const [one, two] = [anotherProcess(project), anotherProcess(project)];
    const made = await one.instances.create(input("web"), { idempotencyKey });
    const again = await two.instances.create(input("web"), { idempotencyKey });
    expect(again).toEqual(made);
    await rejection(two.instances.create(input("www"), { idempotencyKey }), "idempotency_key_reused");
    expect((await two.instances.list({ idempotencyKey })).items).toEqual([made]);
    await two.instances.delete(made.id);
    const ports = await project.cloud.list<{ id: string; name: string }>("network", "/ports", "ports");
    expect(ports.filter(({ name }) => name.startsWith("fairlead-"))).toEqual([]);
  });

  test("servers of others are found and never changed", async () => {
    const { instances } = project.platform;
    const [found] = (await instances.list({ name: "legacy" })).items;
    expect(found).toMatchObject({ id: project.server.id, privateIp: project.server.ip, ownershipId: null });
    expect(await instances.get(project.server.id)).toEqual(found);
    const change = instances.update(project.server.id, { name: "mine" });
    expect((await rejection(change, "forbidden")).message).toContain("was not made by Fairlead");
    await rejection(instances.delete(project.server.id), "forbidden");
    expect(await instances.get(project.server.id)).toEqual(found);
  });

  test("a server that goes to ERROR fails with its fault, and leaves nothing", async () => {
    const admin = await asAdministrator();
    const name = `huge-${project.projectId.slice(0, 8)}`;
    const flavor = await make<{ id: string }>(admin, "compute", "/flavors", "flavor", {
      ...{ name, ram: 99_999_999, vcpus: 1, disk: 1 },
    });
    const quota = { body: { quota_set: { ram: -1 } } };
    await admin.request("compute", "PUT", `/os-quota-sets/${project.projectId}`, quota);
    try {
      const { instances } = anotherProcess(project);
      const error = await rejection(instances.create(input("big", { flavor: name })), "instance_failed");
      expect(error.message).toContain("No valid host");
      // A resize that finds no host is accepted, and silently does not happen.
      const small = await instances.create(input("small"));
      const resized = instances.update(small.id, { flavor: name });
      expect((await rejection(resized, "cloud_refused")).message).toContain("still has the flavor tiny");
      expect(await instances.get(small.id)).toEqual(small);
      expect(await instances.update(small.id, { flavor: "small" })).toMatchObject({
        flavor: "small",
        revision: 2,
      });
      await instances.delete(small.id);
      expect((await instances.list()).items.map(({ name }) => name)).toEqual(["legacy"]);
    } finally {
      await admin.request("compute", "DELETE", `/flavors/${flavor.id}`);
    }
  });

  test("a resize is brought to its end by who is told to stop in its middle, else by the next change", async () => {
    const { instances } = anotherProcess(project);
    const { id } = await instances.create(input("resized"));
    const read = async () =>
      (
        await project.cloud.request<{ server: { status: string; "OS-EXT-STS:task_state": string | null } }>(
          ...(["compute", "GET", `/servers/${id}`] as const),
        )
      ).server;
    const stop = new AbortController();
    const stopped = instances.update(id, { flavor: "small" }, { signal: stop.signal });
    while ((await read())["OS-EXT-STS:task_state"] === null) await sleep(20);
    stop.abort(new Error("stopped"));
    expect(await stopped).toMatchObject({ flavor: "small", status: "active" });
    expect(await read()).toMatchObject({ status: "ACTIVE" });

    // A run that is killed in the middle leaves it so.
    const { id: flavorRef } = await findFlavor(project.cloud, "tiny");
    await project.cloud.request("compute", "POST", `/servers/${id}/action`, {
      body: { resize: { flavorRef } },
    });
    while ((await read()).status !== "VERIFY_RESIZE") await sleep(200);
    const changed = await anotherProcess(project).instances.update(id, { labels: { tier: "web" } });
    expect(changed).toMatchObject({ flavor: "tiny", labels: { tier: "web" }, status: "active" });
    expect(await read()).toMatchObject({ status: "ACTIVE" });
    await instances.delete(id);
  });

  test("Nova's quota is a quota, and its limit of user data a limit", async () => {
    const admin = await asAdministrator();
    const path = `/os-quota-sets/${project.projectId}`;
    await admin.request("compute", "PUT", path, { body: { quota_set: { instances: 1 } } });
    const { instances } = anotherProcess(project);
    const error = await rejection(instances.create(input("second")), "quota_exceeded");
    expect(error.message).toContain("Quota exceeded for instances");
    const userData = "x".repeat(48 * 1024);
    const long = await rejection(instances.create(input("long", { userData })), "invalid_argument");
    expect(long.message).toContain("49152 bytes, but OpenStack takes at most 49149");
    const ports = await project.cloud.list<{ id: string; name: string }>("network", "/ports", "ports");
    expect(ports.filter(({ name }) => name.startsWith("fairlead-"))).toEqual([]);
  });
});
