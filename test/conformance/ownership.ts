import { forwardKey, type Platform } from "../../lib/contract";
import { projectWithInstance, rejection } from "./subject";

/** What every platform does with the marks of those who made something. */
export function ownershipBehaviour(platform: () => Platform): void {
  const mark = { ownershipId: "shop/dev" };
  const marked = async () => {
    const { projects, instances, portForwards } = platform();
    const project = await projects.create({ name: "ai-lab", ...mark });
    const instance = await instances.create({
      ...{ projectId: project.id, name: "web", image: "http-hello", flavor: "small", ...mark },
    });
    const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
    const forward = await portForwards.create({ ...target, internalPort: 8080, ...mark });
    return { project, instance, target, forward };
  };

  test("a mark is kept, selects in lists, and does not change", async () => {
    const { projects, instances, portForwards } = platform();
    const { project, instance, forward } = await marked();
    const other = await projectWithInstance(platform(), "other");
    expect(other.project.ownershipId).toBeNull();
    for (const entity of [project, instance, forward]) expect(entity).toMatchObject(mark);
    const ids = async (page: Promise<{ items: readonly { id: string }[] }>) =>
      (await page).items.map(({ id }) => id);
    expect(await ids(projects.list(mark))).toEqual([project.id]);
    expect(await ids(instances.list(mark))).toEqual([instance.id]);
    expect(await ids(portForwards.list(mark))).toEqual([forward.id]);
    expect(await ids(portForwards.list({ ownershipId: "shop" }))).toEqual([]);
    const taken = portForwards.update(forward.id, { ownershipId: "mine" } as object);
    expect((await rejection(taken, "invalid_argument")).field).toBe("/ownershipId");
  });

  test("a conflict says who holds what was wanted, and whose it is", async () => {
    const { projects, portForwards } = platform();
    const { project, target, forward } = await marked();
    const other = await projectWithInstance(platform(), "other");
    const { externalPort, externalIp, internalPort } = forward;
    const details = {
      id: forward.id,
      ...mark,
      projectId: project.id,
      projectName: "ai-lab",
      instanceName: "web",
      key: forwardKey(forward),
    };
    const outside = await rejection(
      portForwards.create({ ...other.target, internalPort: 8080, externalPort }),
      "external_port_taken",
    );
    expect(outside.details).toMatchObject({ ...details, freePorts: expect.any(Array) });
    expect(outside.message).toContain(
      `tcp port ${externalPort} of ${externalIp} is held by port forward ${forward.id} of project ai-lab, to instance web; it bears the mark shop/dev. Free nearby: `,
    );
    const inside = await rejection(portForwards.create({ ...target, internalPort }), "internal_port_taken");
    expect(inside.details).toMatchObject(details);
    expect(inside.message).toContain("it bears the mark shop/dev");
    const name = await rejection(projects.create({ name: "ai-lab" }), "project_name_taken");
    expect(name.details).toMatchObject({
      id: project.id,
      ...mark,
      projectId: project.id,
      projectName: "ai-lab",
    });
    expect(name.message).toContain("it bears the mark shop/dev");
  });

  test("where there is no mark none is spoken of", async () => {
    const { projects } = platform();
    const { id } = await projects.create({ name: "ai-lab" });
    const error = await rejection(projects.create({ name: "ai-lab" }), "project_name_taken");
    expect(error.message).toContain(id);
    expect(error.message).not.toContain("mark");
    expect(error.details).toMatchObject({ id, ownershipId: null });
  });
}
