import { createServer } from "node:net";
import { join } from "node:path";
import { FolderBusyError, startEmbeddedPlatform } from "../../lib/embedded";
import { openDatabase } from "../../lib/embedded/database";
import { projectWithInstance, rejection } from "../conformance/subject";
import { freshAddress, startTestPlatform, temporaryFolder } from "../support/embedded";
import { httpBody } from "../support/traffic";

test("a restart brings every instance and forward back, on the same port", async () => {
  const folder = temporaryFolder();
  const options = { dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  const { project, instance } = await projectWithInstance(first.platform);
  const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
  const forward = await first.platform.portForwards.create({ ...target, internalPort: 8080 });
  await first.close();
  await expect(httpBody(forward.socketAddress)).rejects.toThrow();

  const second = await startEmbeddedPlatform(options);
  expect(await second.platform.portForwards.get(forward.id)).toEqual(forward);
  expect(await second.platform.instances.get(instance.id)).toEqual(instance);
  expect(await httpBody(forward.socketAddress)).toContain("web");
  await second.close();
  folder.remove();
});

test("a port that the host has taken meanwhile shows as error, and is opened when it is free again", async () => {
  const folder = temporaryFolder();
  const options = { dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  const { project, instance } = await projectWithInstance(first.platform);
  const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
  const forward = await first.platform.portForwards.create({ ...target, internalPort: 8080 });
  await first.close();

  const squatter = createServer().listen(forward.externalPort, forward.externalIp);
  await new Promise((resolve) => squatter.once("listening", resolve));
  const lines: string[] = [];
  const second = await startEmbeddedPlatform({ ...options, log: (line) => lines.push(line) });
  expect((await second.platform.portForwards.get(forward.id)).status).toBe("error");
  expect(lines.join("\n")).toMatch(/is in error: .*next try in 1 s/);
  await new Promise((resolve) => squatter.close(resolve));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await second.platform.portForwards.get(forward.id)).status).toBe("active");
  expect(await httpBody(forward.socketAddress)).toContain("web");
  await second.close();
  folder.remove();
});

test("a chosen port that the host uses is refused and leaves no row; an assigned one passes it by", async () => {
  const running = await startTestPlatform();
  const { project, instance } = await projectWithInstance(running.platform);
  const { portForwards } = running.platform;
  const target = {
    projectId: project.id,
    instanceId: instance.id,
    protocol: "tcp" as const,
    internalPort: 8080,
  };
  const [externalIp] = project.externalIps;
  const squatters = await Promise.all(
    [30022, 20128].map(
      (port) =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(port, externalIp, () => resolve(server));
        }),
    ),
  );
  const error = await rejection(
    portForwards.create({ ...target, externalPort: 30022 }),
    "external_port_unavailable",
  );
  expect(error.message).toContain("EADDRINUSE");
  expect((await portForwards.list()).items).toEqual([]);
  const assigned = await portForwards.create(target);
  expect(assigned.externalPort).toBe(20129);
  // A change that cannot be carried out leaves the forward as it was.
  await rejection(portForwards.update(assigned.id, { externalPort: 30022 }), "external_port_unavailable");
  expect(await portForwards.get(assigned.id)).toMatchObject({ externalPort: 20129, status: "active" });
  expect(await httpBody(assigned.socketAddress)).toContain("web");
  for (const squatter of squatters) squatter.close();
  await running.stop();
});

test("an instance that does not start leaves nothing, and the same key may try again", async () => {
  const images = { broken: { description: "", command: ["/nowhere/program"] } };
  const running = await startTestPlatform({ images });
  const project = await running.platform.projects.create({ name: "ai-lab" });
  const input = { projectId: project.id, name: "x", image: "broken", flavor: "small" };
  const options = { idempotencyKey: "again" };
  const error = await rejection(running.platform.instances.create(input, options), "instance_failed");
  expect(error.message).toContain("/nowhere/program");
  expect((await running.platform.instances.list()).items).toEqual([]);
  await rejection(running.platform.instances.create(input, options), "instance_failed");
  await running.stop();
});

test("a second platform on the same data folder is refused", async () => {
  const folder = temporaryFolder();
  const options = { dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  await expect(startEmbeddedPlatform(options)).rejects.toThrow(FolderBusyError);
  await first.close();
  await (await startEmbeddedPlatform(options)).close();
  folder.remove();
});

test("a data folder of a newer version is refused and not touched", async () => {
  const folder = temporaryFolder();
  const database = openDatabase(join(folder.path, "platform.db"));
  database.script("PRAGMA user_version = 99");
  database.close();
  await expect(startEmbeddedPlatform({ dataDir: folder.path })).rejects.toThrow(
    /written by a newer version of fairlead/,
  );
  const reopened = openDatabase(join(folder.path, "platform.db"));
  expect(reopened.all("SELECT name FROM sqlite_master")).toEqual([]);
  reopened.close();
  folder.remove();
});

test("when every port is held, the next forward is refused", async () => {
  const running = await startTestPlatform({ ports: { from: 21000, to: 21001 } });
  const { project, instance } = await projectWithInstance(running.platform);
  const target = { projectId: project.id, instanceId: instance.id, protocol: "tcp" as const };
  for (const internalPort of [8080, 8081])
    await running.platform.portForwards.create({ ...target, internalPort });
  const error = await rejection(
    running.platform.portForwards.create({ ...target, internalPort: 22 }),
    "external_ports_exhausted",
  );
  expect(error.message).toContain("21000 to 21001");
  await running.stop();
});
