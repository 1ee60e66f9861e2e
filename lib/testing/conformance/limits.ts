import type { Instance, Project } from "../../contract";
import type { Fixture } from "./fixture";
import { rejection } from "./rejection";
import type { Need } from "./subject";

/** What platforms do with quotas and with what is protected against deletion. */
export function limitBehaviour(fixture: Fixture): void {
  const testQuota = (title: string, body: () => Promise<void>) =>
    fixture.test(["quotas", "projectManagement", "instanceManagement"], title, body);
  const testProtection = (title: string, body: () => Promise<void>, more: readonly Need[] = []) =>
    fixture.test(["deletionProtection", ...more], title, body);
  const another = (project: Project) =>
    fixture.platform.instances.create(fixture.inputOf(project, { name: "next" }));
  const own = async () => {
    const { project, instance } = await fixture.ownProject();
    return { project, instance, target: targetOf(instance) };
  };

  testQuota("a project has as many instances as its quota allows", async () => {
    const { projects, instances } = fixture.platform;
    const { project, instance } = await own();
    expect(project).toMatchObject({ instanceQuota: null, portForwardQuota: null });
    const limited = await projects.update(project.id, { instanceQuota: 1 });
    expect(limited).toMatchObject({ instanceQuota: 1 });
    const error = await rejection(another(project), "quota_exceeded");
    expect(error.message).toContain(project.name);
    expect(error.message).toContain("has 1 instances, and its instanceQuota is 1");
    expect(error.details).toMatchObject({ quota: "instanceQuota", used: 1, limit: 1, projectId: project.id });
    const left = (await instances.list({ projectId: project.id })).items;
    expect(left.map(({ id }) => id)).toEqual([instance.id]);
    await projects.update(project.id, { instanceQuota: null });
    await another(project);
  });

  testQuota("a quota below what is there refuses only what is new", async () => {
    const { projects, portForwards } = fixture.platform;
    const { project, target } = await own();
    const first = await portForwards.create({ ...target, internalPort: 8080 });
    await portForwards.create({ ...target, internalPort: 8081 });
    await projects.update(project.id, { portForwardQuota: 0 });
    const error = await rejection(portForwards.create({ ...target, internalPort: 2222 }), "quota_exceeded");
    expect(error.details).toMatchObject({ quota: "portForwardQuota", used: 2, limit: 0 });
    await portForwards.update(first.id, { description: "still mine" });
    await fixture.expectHttp(first.socketAddress, "web");
    await portForwards.delete(first.id);
    await projects.update(project.id, { portForwardQuota: 2 });
    await portForwards.create({ ...target, internalPort: 2222 });
  });

  testQuota(
    "what is asked for at once stays within the quota, and other projects have their own",
    async () => {
      const { projects, portForwards } = fixture.platform;
      const { project, target } = await own();
      await projects.update(project.id, { portForwardQuota: 3 });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, (_, i) => portForwards.create({ ...target, internalPort: 9000 + i })),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
      expect((await portForwards.list({ projectId: project.id })).items).toHaveLength(3);
      await portForwards.create({ ...(await fixture.target()), internalPort: 8080 });
    },
  );

  testQuota("a repeated create is no second one to the quota", async () => {
    const { projects, portForwards } = fixture.platform;
    const { project, target } = await own();
    await projects.update(project.id, { portForwardQuota: 1 });
    const input = { ...target, internalPort: 8080 };
    const options = { idempotencyKey: fixture.name("key") };
    const made = await portForwards.create(input, options);
    const again = await portForwards.create(input, options);
    expect(again.id).toBe(made.id);
  });

  testProtection("a protected forward is not deleted until that is lifted, and works on", async () => {
    const { portForwards } = fixture.platform;
    const { id, socketAddress } = await portForwards.create({
      ...{ ...(await fixture.target()), internalPort: 8080, deletionProtection: true },
    });
    const error = await rejection(portForwards.delete(id), "deletion_protected");
    expect(error.field).toBe("/deletionProtection");
    expect(error.hint).toContain("deletion_protection");
    await fixture.expectHttp(socketAddress);
    await portForwards.update(id, { deletionProtection: false });
    await portForwards.delete(id);
  });

  testProtection("a protected instance is not deleted; a protected forward outlives its instance, as every forward does", async () => {
    const { instances, portForwards } = fixture.platform;
    const { instance } = await fixture.ownInstance();
    await instances.update(instance.id, { deletionProtection: true });
    const forward = await portForwards.create({
      ...{ ...targetOf(instance), internalPort: 8080, deletionProtection: true },
    });
    const error = await rejection(instances.delete(instance.id), "deletion_protected");
    expect(error.field).toBe("/deletionProtection");
    await instances.update(instance.id, { deletionProtection: false });
    await instances.delete(instance.id);
    await rejection(portForwards.delete(forward.id), "deletion_protected");
    expect(await portForwards.get(forward.id)).toMatchObject({ status: "detached" });
  }, ["instanceManagement"]);

  testProtection("an old revision is told before the protection", async () => {
    const { portForwards } = fixture.platform;
    const { id, revision } = await portForwards.create({
      ...{ ...(await fixture.target()), internalPort: 8080, deletionProtection: true },
    });
    await portForwards.update(id, { description: "changed" });
    await rejection(portForwards.delete(id, { revision }), "revision_mismatch");
  });
}

const targetOf = ({ id, projectId }: Instance) => ({
  ...{ projectId, instanceId: id, protocol: "tcp" as const },
});
