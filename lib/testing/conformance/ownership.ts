import { forwardKey } from "../../contract";
import type { Fixture } from "./fixture";
import { rejection } from "./rejection";

/** What every platform does with the marks of those who made something. */
export function ownershipBehaviour(fixture: Fixture): void {
  const ids = async (page: Promise<{ items: readonly { id: string }[] }>) =>
    (await page).items.map(({ id }) => id);

  fixture.test([], "a mark is kept, selects in lists, and does not change", async () => {
    const { portForwards } = fixture.platform;
    const ownershipId = fixture.name("shop/dev");
    const target = await fixture.target();
    const forward = await portForwards.create({ ...target, internalPort: 8080, ownershipId });
    await portForwards.create({ ...target, internalPort: 8081 });
    expect(forward).toMatchObject({ ownershipId });
    expect(await ids(portForwards.list({ ownershipId }))).toEqual([forward.id]);
    expect(await ids(portForwards.list({ ownershipId: ownershipId.slice(0, -1) }))).toEqual([]);
    const taken = portForwards.update(forward.id, { ownershipId: "mine" } as object);
    expect((await rejection(taken, "invalid_argument")).field).toBe("/ownershipId");
    const { ownershipId: kept } = await portForwards.update(forward.id, { description: "still theirs" });
    expect(kept).toBe(ownershipId);
  });

  fixture.test(["projectManagement"], "projects are marked", async () => {
    const { projects } = fixture.platform;
    const ownershipId = fixture.name("shop/dev");
    const project = await projects.create({ name: fixture.name("ai-lab"), ownershipId });
    expect(project).toMatchObject({ ownershipId });
    expect(await ids(projects.list({ ownershipId }))).toEqual([project.id]);
  });

  fixture.test(["instanceManagement"], "instances are marked", async () => {
    const { instances } = fixture.platform;
    const ownershipId = fixture.name("shop/dev");
    const input = fixture.inputOf(await fixture.project(), { name: "marked", ownershipId });
    const instance = await instances.create(input);
    expect(instance).toMatchObject({ ownershipId });
    expect(await ids(instances.list({ ownershipId }))).toEqual([instance.id]);
  });

  fixture.test([], "a conflict says who holds what was wanted, and whose it is", async () => {
    const { portForwards } = fixture.platform;
    const ownershipId = fixture.name("shop/dev");
    const [project, instance] = [await fixture.project(), await fixture.instance("web")];
    const input = { ...(await fixture.target()), internalPort: 8080, ownershipId };
    const forward = await portForwards.create({ ...input, externalPort: await fixture.freePorts() });
    const { externalPort, externalIp } = forward;
    const details = {
      ...{ id: forward.id, ownershipId, key: forwardKey(forward) },
      ...{ projectId: project.id, projectName: project.name, instanceName: instance.name },
    };
    const { sharedExternalIps } = await fixture.info();
    const others = sharedExternalIps && fixture.offers("secondProject") ? "stranger" : "next";
    const outside = await rejection(
      portForwards.create({ ...(await fixture.target(others)), internalPort: 8080, externalPort }),
      "external_port_taken",
    );
    expect(outside.details).toMatchObject({ ...details, freePorts: expect.any(Array) });
    expect(outside.message).toContain(
      `tcp port ${externalPort} of ${externalIp} is held by port forward ${forward.id} of project ${project.name}, to instance ${instance.name}; it bears the mark ${ownershipId}. Free nearby: `,
    );
    const inside = await rejection(portForwards.create(input), "internal_port_taken");
    expect(inside.details).toMatchObject(details);
    expect(inside.message).toContain(`it bears the mark ${ownershipId}`);
  });

  fixture.test(["projectManagement"], "a taken name says whose the project is", async () => {
    const { projects } = fixture.platform;
    const ownershipId = fixture.name("shop/dev");
    const { id, name } = await projects.create({ name: fixture.name("ai-lab"), ownershipId });
    const error = await rejection(projects.create({ name }), "project_name_taken");
    expect(error.details).toMatchObject({ id, ownershipId, projectId: id, projectName: name });
    expect(error.message).toContain(`it bears the mark ${ownershipId}`);
  });

  fixture.test([], "where there is no mark none is spoken of", async () => {
    const { portForwards } = fixture.platform;
    const input = { ...(await fixture.target()), internalPort: 8080 };
    const { id } = await portForwards.create(input);
    const error = await rejection(portForwards.create(input), "internal_port_taken");
    expect(error.message).toContain(id);
    expect(error.message).not.toContain("mark");
    expect(error.details).toMatchObject({ id, ownershipId: null });
  });
}
