import { createServer } from "node:net";
import { join } from "node:path";
import { FolderError, startEmbeddedPlatform } from "../../lib/embedded";
import { openDatabase } from "../../lib/embedded/database";
import { rejection } from "../../lib/testing/conformance/rejection";
import { freshAddress, startTestPlatform, temporaryFolder } from "../support/embedded";
import { textLogger } from "../support/log";
import { projectWithInstance } from "../support/project";
import { httpBody } from "../support/traffic";

test("a restart brings every instance and forward back, on the same port", async () => {
  const folder = temporaryFolder();
  const options = { version: "0.0.0", dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  const { instance, target } = await projectWithInstance(first.platform);
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
  const options = { version: "0.0.0", dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  const { target } = await projectWithInstance(first.platform);
  const forward = await first.platform.portForwards.create({ ...target, internalPort: 8080 });
  await first.close();

  const squatter = createServer().listen(forward.externalPort, forward.externalIp);
  await new Promise((resolve) => squatter.once("listening", resolve));
  const lines: string[] = [];
  const second = await startEmbeddedPlatform({ ...options, log: textLogger((line) => lines.push(line)) });
  expect(await second.platform.portForwards.get(forward.id)).toMatchObject({
    status: "error",
    statusReason: expect.stringMatching(/is in use by another program.*; tried once, again at \S+Z$/),
  });
  expect(lines.join("\n")).toMatch(/is in error: .*next try in 1 s/);
  await new Promise((resolve) => squatter.close(resolve));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await second.platform.portForwards.get(forward.id)).toMatchObject({
    status: "active",
    statusReason: null,
  });
  expect(await httpBody(forward.socketAddress)).toContain("web");
  await second.close();
  folder.remove();
});

test("a chosen port that the host uses is refused and leaves no row; an assigned one passes it by", async () => {
  const running = await startTestPlatform();
  const { project, target: base } = await projectWithInstance(running.platform);
  const target = { ...base, internalPort: 8080 };
  const { portForwards } = running.platform;
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
  const options = { version: "0.0.0", dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  await expect(startEmbeddedPlatform(options)).rejects.toThrow(FolderError);
  await first.close();
  await (await startEmbeddedPlatform(options)).close();
  folder.remove();
});

test("a data folder of a newer version is refused and not touched", async () => {
  const folder = temporaryFolder();
  const database = openDatabase(join(folder.path, "platform.db"));
  database.script("PRAGMA user_version = 99");
  database.close();
  await expect(startEmbeddedPlatform({ version: "0.0.0", dataDir: folder.path })).rejects.toThrow(
    /written by a newer version of fairlead/,
  );
  const reopened = openDatabase(join(folder.path, "platform.db"));
  expect(reopened.all("SELECT name FROM sqlite_master")).toEqual([]);
  reopened.close();
  folder.remove();
});

test("when every port is held, the next forward is refused", async () => {
  const running = await startTestPlatform({ ports: { from: 21000, to: 21001 } });
  const { target } = await projectWithInstance(running.platform);
  for (const internalPort of [8080, 8081])
    await running.platform.portForwards.create({ ...target, internalPort });
  const error = await rejection(
    running.platform.portForwards.create({ ...target, internalPort: 22 }),
    "external_ports_exhausted",
  );
  expect(error.message).toContain("21000 to 21001");
  await running.stop();
});

test("a label changes while the port is lost: nothing is opened, and the change is made", async () => {
  const folder = temporaryFolder();
  const options = { version: "0.0.0", dataDir: folder.path, externalIps: [freshAddress()] };
  const first = await startEmbeddedPlatform(options);
  const { target: base } = await projectWithInstance(first.platform);
  const target = { ...base, internalPort: 8080 };
  const created = { idempotencyKey: "k" };
  const forward = await first.platform.portForwards.create(target, created);
  await first.close();
  const squatter = createServer().listen(forward.externalPort, forward.externalIp);
  await new Promise((resolve) => squatter.once("listening", resolve));
  const second = await startEmbeddedPlatform(options);
  const changed = await second.platform.portForwards.update(forward.id, { description: "lost" });
  expect(changed).toMatchObject({ description: "lost", status: "error" });
  // A repeated create promises something usable, so it says that it is not.
  await rejection(second.platform.portForwards.create(target, created), "external_port_unavailable");
  await new Promise((resolve) => squatter.close(resolve));
  expect(await second.platform.portForwards.create(target, created)).toMatchObject({
    id: forward.id,
    status: "active",
  });
  await second.close();
  folder.remove();
});

test("changes of one forward that fail and succeed at once leave it on a port that is open", async () => {
  const running = await startTestPlatform();
  const { target } = await projectWithInstance(running.platform);
  const { portForwards } = running.platform;
  const forward = await portForwards.create({ ...target, internalPort: 8080 });
  const squatter = createServer().listen(30022, forward.externalIp);
  await new Promise((resolve) => squatter.once("listening", resolve));
  const outcomes = await Promise.allSettled([
    portForwards.update(forward.id, { externalPort: 30022 }),
    portForwards.update(forward.id, { description: "still here" }),
    portForwards.create({ ...target, internalPort: 8081, externalPort: forward.externalPort }),
  ]);
  expect(outcomes.map(({ status }) => status).slice(0, 2)).toEqual(["rejected", "fulfilled"]);
  for (const { status, socketAddress } of (await portForwards.list()).items) {
    // A port that was lost to another forward meanwhile may show as error, but never as active.
    if (status === "active") expect(await httpBody(socketAddress)).toContain("web");
  }
  squatter.close();
  await running.stop();
});

test("a forward of an address that this start does not expose stays closed", async () => {
  const folder = temporaryFolder();
  const [before, now] = [freshAddress(), freshAddress()];
  const first = await startEmbeddedPlatform({
    version: "0.0.0",
    dataDir: folder.path,
    externalIps: [before],
  });
  const { target: base } = await projectWithInstance(first.platform);
  const target = { ...base, internalPort: 8080 };
  const forward = await first.platform.portForwards.create(target);
  await first.close();
  const second = await startEmbeddedPlatform({ version: "0.0.0", dataDir: folder.path, externalIps: [now] });
  expect((await second.platform.portForwards.get(forward.id)).status).toBe("error");
  await expect(httpBody(forward.socketAddress)).rejects.toThrow();
  await second.close();
  folder.remove();
});

test("a create that the platform's end cuts short leaves no row", async () => {
  const folder = temporaryFolder();
  const images = { slow: { description: "", command: ["sleep", "60"], ready: { tcp: 9 } } };
  const options = { version: "0.0.0", dataDir: folder.path, externalIps: [freshAddress()], images };
  const first = await startEmbeddedPlatform(options);
  const project = await first.platform.projects.create({ name: "ai-lab" });
  const input = { projectId: project.id, name: "x", image: "slow", flavor: "small" };
  const cut = first.platform.instances.create(input).then(
    () => "made",
    () => "cut",
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  await first.close();
  expect(await cut).toBe("cut");
  const second = await startEmbeddedPlatform(options);
  expect((await second.platform.instances.list()).items).toEqual([]);
  await second.close();
  folder.remove();
});
