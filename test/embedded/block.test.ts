import type { Platform } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { startTestPlatform, successivePlatforms } from "../support/embedded";
import { projectWithInstance } from "../support/project";
import { httpBody } from "../support/traffic";

afterEach(cleanUp);

async function page(platform: Platform) {
  const made = await projectWithInstance(platform);
  const forward = await platform.portForwards.create({ ...made.target, internalPort: 8080 });
  expect(await httpBody(forward.socketAddress)).toContain("hello");
  return { ...made, forward, blocks: platform.administration!.blocks };
}

test("a blocked forward carries nothing, at once, whatever its owner does, until it is unblocked", async () => {
  const next = successivePlatforms();
  const first = await next();
  const { forward, blocks, instance } = await page(first.platform);
  const { id } = forward;
  const blocked = await blocks.create(id, { reason: "it sends spam" });
  expect(blocked).toMatchObject({ status: "blocked", revision: 2 });
  expect(blocked.statusReason).toMatch(
    /^Blocked by the platform's administrator since \S+Z: it sends spam\.$/,
  );
  const isClosed = () => expect(httpBody(forward.socketAddress)).rejects.toThrow();
  await isClosed();
  const { portForwards } = first.platform;
  for (const patch of [
    { enabled: false },
    { enabled: true },
    { allowedCidrs: ["127.0.0.0/8"] },
    { expiresAt: "2099-01-01T00:00:00Z" },
    { instanceId: instance.id, internalPort: 8081 },
    { internalPort: 8080 },
  ]) {
    expect(await portForwards.update(id, patch)).toMatchObject({ status: "blocked" });
    await isClosed();
  }
  await first.close();

  const { platform } = await next();
  expect(await platform.portForwards.get(id)).toMatchObject({ status: "blocked" });
  await isClosed();
  await platform.administration!.blocks.delete(id);
  expect(await platform.portForwards.get(id)).toMatchObject({ status: "active", statusReason: null });
  expect(await httpBody(forward.socketAddress)).toContain("hello");
});

test("no other forward opens the blocked port of the instance, also when the blocked one is gone", async () => {
  const { platform, stop } = await startTestPlatform();
  const { forward, blocks, target, project } = await page(platform);
  const { portForwards, instances } = platform;
  await blocks.create(forward.id, { reason: "mining" });
  await portForwards.delete(forward.id);
  const refused = {
    code: "blocked",
    message: expect.stringMatching(/tcp port 8080 of instance web .*: mining$/),
  };
  await expect(portForwards.create({ ...target, internalPort: 8080 })).rejects.toMatchObject(refused);
  await expect(portForwards.create({ ...target, internalPort: 8079, portCount: 2 })).rejects.toMatchObject(
    refused,
  );
  const other = await portForwards.create({ ...target, internalPort: 9 });
  await expect(portForwards.update(other.id, { internalPort: 8080 })).rejects.toMatchObject(refused);
  // The same port of another instance, or of the other protocol, is nobody's concern.
  await portForwards.create({ ...target, protocol: "udp", internalPort: 8080 });
  const second = { projectId: project.id, name: "second", image: "http-hello", flavor: "small" };
  const { id: instanceId } = await instances.create(second);
  await portForwards.create({ ...target, instanceId, internalPort: 8080 });

  await blocks.delete(forward.id);
  await portForwards.create({ ...target, internalPort: 8080 });
  await stop();
});

test("a new reason opens nothing, though the blocked forward leads elsewhere by then", async () => {
  const { platform, stop } = await startTestPlatform();
  const { forward, blocks, target } = await page(platform);
  await blocks.create(forward.id, { reason: "mining" });
  await platform.portForwards.update(forward.id, { internalPort: 9 });
  await blocks.create(forward.id, { reason: "mining, still" });
  await expect(platform.portForwards.create({ ...target, internalPort: 8080 })).rejects.toMatchObject({
    code: "blocked",
    message: expect.stringMatching(/: mining, still$/),
  });
  await stop();
});

test("of a rebuilt instance the same port stays blocked when the forward goes", async () => {
  const { platform, stop } = await startTestPlatform();
  const { forward, blocks, target, project, instance } = await page(platform);
  const { portForwards, instances } = platform;
  await blocks.create(forward.id, { reason: "mining" });
  const again = { projectId: project.id, name: "web", image: "http-hello", flavor: "small" };
  const { id: instanceId } = await instances.create(again);
  await portForwards.update(forward.id, { instanceId });
  await instances.delete(instance.id);
  await portForwards.delete(forward.id);
  await expect(portForwards.create({ ...target, instanceId, internalPort: 8080 })).rejects.toMatchObject({
    code: "blocked",
  });
  await portForwards.create({ ...target, instanceId, internalPort: 9 });
  await blocks.delete(forward.id);
  await portForwards.create({ ...target, instanceId, internalPort: 8080 });
  await stop();
});

test("a block goes with what it closes", async () => {
  const { platform, stop } = await startTestPlatform();
  const { forward, blocks, instance } = await page(platform);
  await blocks.create(forward.id, { reason: "mining" });
  await platform.instances.delete(instance.id);
  expect((await blocks.list()).items).toMatchObject([{ forwardId: forward.id, reason: "mining" }]);
  expect(await platform.portForwards.get(forward.id)).toMatchObject({ status: "blocked" });
  await platform.portForwards.delete(forward.id);
  expect((await blocks.list()).items).toEqual([]);
  await expect(blocks.delete(forward.id)).rejects.toMatchObject({ code: "not_found" });
  await stop();
});

test("a reason is needed, may be given anew, and is in the audit log", async () => {
  const { platform, stop } = await startTestPlatform();
  const { forward, blocks } = await page(platform);
  await expect(blocks.create(forward.id, { reason: " " })).rejects.toMatchObject({ field: "/reason" });
  await expect(blocks.create("fwd-0", { reason: "x" })).rejects.toMatchObject({ code: "not_found" });
  await blocks.create(forward.id, { reason: "first" });
  const { at } = (await blocks.list()).items[0]!;
  await blocks.create(forward.id, { reason: "second" });
  expect((await blocks.list()).items).toMatchObject([{ reason: "second", at }]);
  await blocks.delete(forward.id);
  // There is nothing to lift, and nothing is changed.
  await blocks.delete(forward.id);
  const { items } = await platform.administration!.audit({ entityId: forward.id, limit: 3 });
  expect(items).toMatchObject([
    { action: "unblock", changes: { blocked: { from: "second", to: null } } },
    { action: "block", changes: { blocked: { from: "first", to: "second" } } },
    { action: "block", changes: { blocked: { from: null, to: "first" } } },
  ]);
  await stop();
});
