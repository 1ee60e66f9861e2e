import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { openStackPlatform } from "../../lib/openstack";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { cuttingProxy } from "../support/cutting-proxy";
import { asAdministrator, describeLab } from "../support/openstack-lab";
import { anotherProcess, type ExistingProject, everythingIn, existingProject } from "./existing-project";
import { badGateway, meddlingProxy, type Passing } from "./meddling-proxy";

describeLab("when something goes wrong in the middle", () => {
  let project: ExistingProject;
  beforeAll(async () => {
    project = await existingProject();
  });
  afterAll(cleanUp);

  const target = () => ({
    projectId: project.projectId,
    instanceId: project.server.id,
    protocol: "tcp" as const,
  });
  const server = (name: string) => ({
    ...{ projectId: project.projectId, name, image: "cirros", flavor: "tiny" },
  });
  const namesOf = async () => (await project.platform.instances.list()).items.map(({ name }) => name).sort();

  test("a token that is revoked in mid-apply is renewed, and each change is done once", async () => {
    const before = await everythingIn(project);
    const { projects, portForwards } = anotherProcess(project);
    const used = new Set<string>();
    const note = (message: unknown) => {
      const token = (message as { request: ClientRequest }).request.getHeader("x-auth-token");
      if (typeof token === "string") used.add(token);
    };
    subscribe("http.client.request.start", note);
    const forward = (internalPort: number) => portForwards.create({ ...target(), internalPort });
    const first = await forward(5000);
    const [revoked] = used;
    const making = [5001, 5002].map(forward);
    const admin = await asAdministrator();
    await admin.request("identity", "DELETE", "/auth/tokens", { headers: { "x-subject-token": revoked! } });
    // Keystone knows at once; the other services believe a token for some minutes that they have seen.
    expect(await projects.get(project.projectId)).toMatchObject({ name: "home" });
    const made = [first, ...(await Promise.all([...making, ...[5003, 5004].map(forward)]))];
    unsubscribe("http.client.request.start", note);
    // That of the administrator who revoked, that which was revoked, and its successor.
    expect(used.size).toBe(3);
    const { items } = await project.platform.portForwards.list();
    expect(items.map(({ internalPort }) => internalPort).sort()).toEqual([5000, 5001, 5002, 5003, 5004]);
    await Promise.all(made.map(({ id }) => portForwards.delete(id)));
    expect(await everythingIn(project)).toEqual(before);
  });

  test.each([
    ["with a key", { idempotencyKey: "plan-7/forward" }],
    ["without one", {}],
  ])("a forward whose reply is lost is found, and made once: %s", async (_title, options) => {
    const before = await everythingIn(project);
    const proxy = await cuttingProxy("http://127.0.0.1:20696");
    const { portForwards } = openStackPlatform(
      { version: "0.0.0" },
      { ...project.environment, OS_NETWORK_ENDPOINT_OVERRIDE: proxy.endpoint },
    );
    proxy.cutAnswers(1, "POST /v2.0/floatingips/");
    const made = await portForwards.create({ ...target(), internalPort: 6000 }, options);
    expect(proxy.lost).toBe(1);
    const listed = (await project.platform.portForwards.list()).items;
    expect(listed).toEqual([made]);
    await project.platform.portForwards.delete(made.id);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("a server whose reply is lost is found, and made once", async () => {
    const before = await everythingIn(project);
    const proxy = await cuttingProxy("http://127.0.0.1:20874");
    const { instances } = openStackPlatform(
      { version: "0.0.0" },
      { ...project.environment, OS_COMPUTE_ENDPOINT_OVERRIDE: proxy.endpoint },
    );
    proxy.cutAnswers(1, "POST /v2.1/servers");
    const made = await instances.create(server("web"));
    expect(proxy.lost).toBe(1);
    expect(await namesOf()).toEqual(["legacy", "web"]);
    await instances.delete(made.id);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("a proxy that answers for a service that goes on working loses a reply, too: what was made is looked for", async () => {
    const before = await everythingIn(project);
    const slow: Promise<unknown>[] = [];
    const lateBehind = (begin: string) => (request: Passing) => {
      if (request.method !== "POST" || !request.url.startsWith(begin)) return undefined;
      // The service is at it still when the proxy has given up.
      slow.push(sleep(700).then(request.pass));
      return Promise.resolve(badGateway);
    };
    const { portForwards, instances } = openStackPlatform(
      { version: "0.0.0" },
      {
        ...project.environment,
        OS_NETWORK_ENDPOINT_OVERRIDE: await meddlingProxy(
          "http://127.0.0.1:20696",
          lateBehind("/v2.0/floatingips/"),
        ),
        OS_COMPUTE_ENDPOINT_OVERRIDE: await meddlingProxy(
          "http://127.0.0.1:20874",
          lateBehind("/v2.1/servers"),
        ),
      },
    );
    const forward = await portForwards.create({ ...target(), internalPort: 6100 });
    expect(forward.status).toBe("active");
    const instance = await instances.create(server("late"));
    expect(slow).toHaveLength(2);
    await Promise.all(slow);
    expect((await project.platform.portForwards.list()).items).toEqual([forward]);
    expect(await namesOf()).toEqual(["late", "legacy"]);
    await project.platform.portForwards.delete(forward.id);
    await project.platform.instances.delete(instance.id);
    expect(await everythingIn(project)).toEqual(before);
  });

  test("a change of a server that is busy with another one waits for its turn", async () => {
    const { id } = await project.platform.instances.create(server("busy"));
    const resized = anotherProcess(project).instances.update(id, { flavor: "small" });
    const task = async () =>
      (
        await project.cloud.request<{ server: { "OS-EXT-STS:task_state": string | null } }>(
          ...(["compute", "GET", `/servers/${id}`] as const),
        )
      ).server["OS-EXT-STS:task_state"];
    while ((await task()) === null) await sleep(20);
    const labelled = anotherProcess(project).instances.update(id, { labels: { tier: "web" } });
    expect((await labelled).labels).toEqual({ tier: "web" });
    await resized;
    // Who comes last has read what the other one wrote.
    expect(await project.platform.instances.get(id)).toMatchObject({
      ...{ flavor: "small", labels: { tier: "web" }, status: "active" },
    });
    await project.platform.instances.delete(id);
  });

  test("Neutron's quotas are quotas, and what they refuse leaves nothing", async () => {
    const before = await everythingIn(project);
    const admin = await asAdministrator();
    const path = `/quotas/${project.projectId}`;
    const limit = (quota: object) => admin.request("network", "PUT", path, { body: { quota } });
    const { portForwards } = anotherProcess(project);
    await limit({ security_group_rule: 1 });
    const refused = () => rejection(portForwards.create({ ...target(), internalPort: 22 }), "quota_exceeded");
    expect((await refused()).message).toContain("security_group_rule");
    await limit({ security_group_rule: 100, security_group: 1 });
    expect((await refused()).message).toContain("security_group");
    expect(await everythingIn(project)).toEqual(before);
    await admin.request("network", "DELETE", path);
  });
});
