import { join } from "node:path";
import { PlatformError } from "../../lib/contract";
import { openDatabase } from "../../lib/embedded/database";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp } from "../support/clean-up";
import { freshAddress } from "../support/embedded";
import { projectWithInstance } from "../support/project";
import { servedPlatform } from "../support/served";
import { canMount, smallDisk } from "../support/small-disk";
import { httpBody } from "../support/traffic";

afterEach(cleanUp);
const mounting = canMount();
const withDisk = mounting ? test : test.skip;
if (!mounting) console.warn("skipped: full disks, since only root can mount them");

withDisk("a disk that fills up refuses changes, half makes none, and everything else goes on", async () => {
  const disk = smallDisk(24);
  const { client, ask } = await servedPlatform({ dataDir: disk.path, externalIps: [freshAddress()] });
  const api = client();
  const { project, instance, target } = await projectWithInstance(api);
  const forward = await api.portForwards.create({ ...target, internalPort: 8080 });
  const everything = async () => [
    await api.projects.list(),
    await api.instances.list(),
    // What was carried meanwhile is no change.
    (await api.portForwards.list()).items.map((row) => ({ ...row, statistics: null })),
  ];
  const before = await everything();

  disk.fill();
  const changes = {
    "a new project": () => api.projects.create({ name: "more" }),
    "a changed project": () => api.projects.update(project.id, { description: "x".repeat(1000) }),
    "a new instance": () =>
      api.instances.create({ projectId: project.id, name: "second", image: "echo", flavor: "small" }),
    "a changed instance": () => api.instances.update(instance.id, { name: "renamed" }),
    "a new forward": () =>
      api.portForwards.create({ ...target, internalPort: 8081 }, { idempotencyKey: "k" }),
    "a changed forward": () => api.portForwards.update(forward.id, { internalPort: 8081 }),
  };
  for (const change of Object.values(changes)) {
    const error = await rejection(change(), "storage_unavailable");
    expect(error.message).toMatch(/^The platform cannot write this down: its disk .*\. Nothing was changed/);
  }
  expect((await ask("/v1/projects", { method: "POST", body: '{"name":"more"}' })).status).toBe(507);
  expect(await everything()).toEqual(before);
  expect(await httpBody(forward.socketAddress)).toContain("web");

  disk.makeRoom();
  expect(
    await api.portForwards.create({ ...target, internalPort: 8081 }, { idempotencyKey: "k" }),
  ).toMatchObject({ status: "active" });
  await api.portForwards.update(forward.id, { internalPort: 22 });
  await api.projects.create({ name: "more" });
});

withDisk("a platform stops and starts where the disk is full, and nothing is lost", async () => {
  const disk = smallDisk(24);
  const options = { dataDir: disk.path, externalIps: [freshAddress()] };
  const first = await servedPlatform(options);
  const { target } = await projectWithInstance(first.platform);
  const forward = await first.platform.portForwards.create({ ...target, internalPort: 8080 });
  expect(await httpBody(forward.socketAddress)).toContain("web");
  disk.fill();
  await first.close();
  disk.makeRoom();
  const second = await servedPlatform(options);
  expect(await second.platform.portForwards.get(forward.id)).toMatchObject({
    id: forward.id,
    status: "active",
  });
  expect(await httpBody(forward.socketAddress)).toContain("web");
});

withDisk(
  "a transaction that the disk has no room for is taken back as a whole, and the next one is its own",
  async () => {
    const disk = smallDisk(8);
    const database = openDatabase(join(disk.path, "a.db"));
    database.script("CREATE TABLE t (x TEXT) STRICT");
    database.run("INSERT INTO t VALUES ('first')");
    disk.fill();
    const write = () =>
      database.transaction(() => {
        for (let i = 0; i < 2000; i++) database.run("INSERT INTO t VALUES (?)", "x".repeat(1000));
      });
    expect(write).toThrow(PlatformError);
    expect(write).toThrow(/its disk is full/);
    await expect(database.undoable(() => undefined)).rejects.toThrow(/has less than 4 MiB left/);
    expect(database.first("SELECT COUNT(*) AS count FROM t")?.count).toBe(1);
    disk.makeRoom();
    write();
    expect(database.first("SELECT COUNT(*) AS count FROM t")?.count).toBe(2001);
    expect(database.first("PRAGMA quick_check")?.quick_check).toBe("ok");
    database.close();
  },
);
