import type { Platform } from "../../lib/contract";
import { httpBody } from "../support/traffic";
import { projectWithInstance, rejection, testWhere } from "./subject";

/** What platforms do with quotas and with what is protected against deletion. */
export function limitBehaviour(platform: () => Platform): void {
  const testQuota = (title: string, body: () => Promise<void>) => testWhere("quotas", platform, title, body);
  const testProtection = (title: string, body: () => Promise<void>) =>
    testWhere("deletionProtection", platform, title, body);
  const another = (projectId: string) =>
    platform().instances.create({ projectId, name: "next", image: "http-hello", flavor: "small" });

  testQuota("a project has as many instances as its quota allows", async () => {
    const { projects, instances } = platform();
    const { project, instance } = await projectWithInstance(platform());
    expect(project).toMatchObject({ instanceQuota: null, portForwardQuota: null });
    const limited = await projects.update(project.id, { instanceQuota: 1 });
    expect(limited).toMatchObject({ instanceQuota: 1, revision: 2 });
    const error = await rejection(another(project.id), "quota_exceeded");
    expect(error.message).toContain("ai-lab");
    expect(error.message).toContain("has 1 instances, and its instanceQuota is 1");
    expect(error.details).toMatchObject({ quota: "instanceQuota", used: 1, limit: 1, projectId: project.id });
    expect((await instances.list({ projectId: project.id })).items).toEqual([instance]);
    await projects.update(project.id, { instanceQuota: null });
    await another(project.id);
  });

  testQuota("a quota below what is there refuses only what is new", async () => {
    const { projects, portForwards } = platform();
    const { project, target } = await projectWithInstance(platform());
    const first = await portForwards.create({ ...target, internalPort: 8080 });
    await portForwards.create({ ...target, internalPort: 8081 });
    await projects.update(project.id, { portForwardQuota: 0 });
    const error = await rejection(portForwards.create({ ...target, internalPort: 2222 }), "quota_exceeded");
    expect(error.details).toMatchObject({ quota: "portForwardQuota", used: 2, limit: 0 });
    await portForwards.update(first.id, { description: "still mine" });
    expect(await httpBody(first.socketAddress)).toContain("web");
    await portForwards.delete(first.id);
    await projects.update(project.id, { portForwardQuota: 2 });
    await portForwards.create({ ...target, internalPort: 2222 });
  });

  testQuota(
    "what is asked for at once stays within the quota, and other projects have their own",
    async () => {
      const { projects, portForwards } = platform();
      const { project, target } = await projectWithInstance(platform());
      const other = await projectWithInstance(platform(), "other");
      await projects.update(project.id, { portForwardQuota: 3 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, i) => portForwards.create({ ...target, internalPort: 9000 + i })),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
      expect((await portForwards.list({ projectId: project.id })).items).toHaveLength(3);
      await portForwards.create({ ...other.target, internalPort: 8080 });
    },
  );

  testQuota("a repeated create is no second one to the quota", async () => {
    const { projects, portForwards } = platform();
    const { project, target } = await projectWithInstance(platform());
    await projects.update(project.id, { portForwardQuota: 1 });
    const input = { ...target, internalPort: 8080 };
    const made = await portForwards.create(input, { idempotencyKey: "once" });
    const again = await portForwards.create(input, { idempotencyKey: "once" });
    expect(again.id).toBe(made.id);
  });

  testProtection("what is protected is not deleted until that is lifted, and works on", async () => {
    const { instances, portForwards } = platform();
    const { instance, target } = await projectWithInstance(platform());
    await instances.update(instance.id, { deletionProtection: true });
    const forward = await portForwards.create({
      ...{ ...target, internalPort: 8080, deletionProtection: true },
    });
    for (const call of [instances.delete(instance.id), portForwards.delete(forward.id)]) {
      const error = await rejection(call, "deletion_protected");
      expect(error.field).toBe("/deletionProtection");
      expect(error.hint).toContain("deletion_protection");
    }
    expect(await httpBody(forward.socketAddress)).toContain("web");
    await instances.update(instance.id, { deletionProtection: false });
    await instances.delete(instance.id);
    // A protected forward outlives its instance, as every forward does.
    await rejection(portForwards.delete(forward.id), "deletion_protected");
    expect(await portForwards.get(forward.id)).toMatchObject({ status: "detached" });
    await portForwards.update(forward.id, { deletionProtection: false });
    await portForwards.delete(forward.id);
  });

  testProtection("an old revision is told before the protection", async () => {
    const { portForwards } = platform();
    const { target } = await projectWithInstance(platform());
    const forward = await portForwards.create({
      ...{ ...target, internalPort: 8080, deletionProtection: true },
    });
    await portForwards.update(forward.id, { description: "changed" });
    await rejection(portForwards.delete(forward.id, { revision: 1 }), "revision_mismatch");
  });
}
