import type { Platform } from "../../lib/contract";
import { Snapshots } from "../../lib/provider/snapshot";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { startTestPlatform } from "../support/embedded";
import { projectWithInstance } from "../support/project";

afterEach(cleanUp);

/** A platform, and which of its lists were asked for, in order. */
async function watched(): Promise<{ platform: Platform; lists: string[] }> {
  const running = await startTestPlatform();
  onCleanUp(() => running.stop());
  const { platform } = running;
  const lists: string[] = [];
  const watch = <R extends { list: (...given: never[]) => unknown }>(name: string, repository: R): R => ({
    ...repository,
    list: (...given: never[]) => {
      lists.push(name);
      return repository.list(...given);
    },
  });
  return {
    lists,
    platform: {
      ...platform,
      instances: watch("instances", platform.instances),
      portForwards: watch("portForwards", platform.portForwards),
    },
  };
}

const { signal } = new AbortController();

test("a project's forwards are listed beside its instances, which Terraform reads before them", async () => {
  const { platform, lists } = await watched();
  const { project, instance, target } = await projectWithInstance(platform);
  const forward = await platform.portForwards.create({ ...target, internalPort: 80 });
  const snapshots = new Snapshots(platform);
  const found = snapshots.refresh("instances", project.id, instance.id, signal);
  expect(lists).toEqual(["instances", "portForwards"]);
  expect(await found).toMatchObject({ id: instance.id });
  expect(await snapshots.find("portForwards", project.id, forward.id, signal)).toMatchObject({
    id: forward.id,
  });
  expect(lists).toEqual(["instances", "portForwards"]);
});

test("the members of the first project are listed beside it; those of further ones when they are asked for", async () => {
  const { platform, lists } = await watched();
  const { project } = await projectWithInstance(platform);
  const other = await platform.projects.create({ name: "other" });
  const snapshots = new Snapshots(platform);
  const found = snapshots.refresh("projects", undefined, project.id, signal);
  expect(lists).toEqual(["instances", "portForwards"]);
  expect(await found).toMatchObject({ id: project.id });
  expect(await snapshots.refresh("projects", undefined, other.id, signal)).toMatchObject({ id: other.id });
  expect(lists).toEqual(["instances", "portForwards"]);
});

test("who only looks at a project lists nothing of it", async () => {
  const { platform, lists } = await watched();
  const { project } = await projectWithInstance(platform);
  await new Snapshots(platform).find("projects", undefined, project.id, signal);
  expect(lists).toEqual([]);
});

test("once something was written, nothing is listed that nobody has asked for", async () => {
  const { platform, lists } = await watched();
  const { project, instance } = await projectWithInstance(platform);
  const snapshots = new Snapshots(platform);
  await snapshots.around(async () => {});
  await snapshots.refresh("instances", project.id, instance.id, signal);
  expect(lists).toEqual(["instances"]);
});
