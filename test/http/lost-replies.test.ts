import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { cuttingProxy } from "../support/cutting-proxy";
import { projectWithInstance } from "../support/project";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

/** A platform, and a client of it whose next answers can be lost. */
async function behindProxy() {
  const served = await servedPlatform();
  const proxy = await cuttingProxy(served.endpoint);
  return { direct: served.platform, proxy, client: served.client(proxy.endpoint) };
}

test("a guarded change whose reply was lost is a success: it is there, with the next revision", async () => {
  const { direct, proxy, client } = await behindProxy();
  const { target } = await projectWithInstance(client);
  const forward = await client.portForwards.create({ ...target, internalPort: 8080 });
  const patch = {
    description: "web service",
    labels: { tier: "web", env: "dev" },
    allowedCidrs: ["127.0.0.0/8"],
    expiresAt: "2099-12-31T18:00:00+09:00",
    internalPort: 8081,
  };
  proxy.cutAnswers(1);
  const changed = await client.portForwards.update(forward.id, patch, { revision: 1 });
  expect(proxy.lost).toBe(1);
  expect(changed).toMatchObject({ ...patch, revision: 2 });
  expect(await direct.portForwards.get(forward.id)).toEqual(changed);
});

test("a guarded change is a success also when the reply of the second try is lost", async () => {
  const { proxy, client } = await behindProxy();
  const { id } = await client.projects.create({ name: "ai-lab" });
  proxy.cutAnswers(2);
  const changed = await client.projects.update(
    id,
    { portForwardQuota: null, description: "x" },
    { revision: 1 },
  );
  expect(proxy.lost).toBe(2);
  expect(changed).toMatchObject({ description: "x", revision: 2 });
});

test("a change that changes nothing is a success at the second try, too", async () => {
  const { proxy, client } = await behindProxy();
  const made = await client.projects.create({ name: "ai-lab" });
  proxy.cutAnswers(1);
  expect(await client.projects.update(made.id, { name: "ai-lab" }, { revision: 1 })).toEqual(made);
});

test("what somebody else has changed in between is not taken for our own change", async () => {
  const { direct, proxy, client } = await behindProxy();
  const { id } = await client.projects.create({ name: "ai-lab" });
  await direct.projects.update(id, { description: "theirs" });
  proxy.cutAnswers(1);
  const update = client.projects.update(id, { description: "ours" }, { revision: 1 });
  await rejection(update, "revision_mismatch");
  expect(proxy.lost).toBe(1);
  expect(await direct.projects.get(id)).toMatchObject({ description: "theirs", revision: 2 });
  // Ours was carried out, and theirs came after it: the client cannot say that what is there is ours.
  const revision = 2;
  proxy.cutAnswers(1);
  const overwritten = client.projects.update(id, { description: "ours" }, { revision });
  const theirs = new Promise<void>((resolve) => {
    const timer = setInterval(async () => {
      if (proxy.lost < 2) return;
      clearInterval(timer);
      await direct.projects.update(id, { labels: { by: "them" } });
      resolve();
    }, 1);
  });
  await Promise.all([rejection(overwritten, "revision_mismatch"), theirs]);
});

test("a refusal at the first try is a refusal, and one request", async () => {
  const { direct, client } = await behindProxy();
  const { id } = await client.projects.create({ name: "ai-lab" });
  await direct.projects.update(id, { description: "x" });
  // The entity is what the patch makes, but this client has not made it so.
  await rejection(client.projects.update(id, { description: "x" }, { revision: 1 }), "revision_mismatch");
});

test("a create whose reply was lost is found by its key; a delete whose reply was lost is done", async () => {
  const { direct, proxy, client } = await behindProxy();
  const { project, instance, target } = await projectWithInstance(client);
  proxy.cutAnswers(1);
  const input = { ...target, internalPort: 8080, portCount: 2 };
  const forward = await client.portForwards.create(input, { idempotencyKey: "k1" });
  proxy.cutAnswers(1);
  const twin = { projectId: project.id, name: "web", image: "http-hello", flavor: "small" };
  const second = await client.instances.create({ ...twin, userData: "x" }, { idempotencyKey: "k2" });
  expect((await direct.portForwards.list()).items).toEqual([forward]);
  expect((await direct.instances.list()).items.map(({ id }) => id)).toEqual([instance.id, second.id]);
  proxy.cutAnswers(1);
  await client.portForwards.delete(forward.id, { revision: 1 });
  expect(proxy.lost).toBe(3);
  expect((await direct.portForwards.list()).items).toEqual([]);
});
