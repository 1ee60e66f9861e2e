import { once } from "node:events";
import { createServer } from "node:net";
import { type AuditEntry, administrator, type Caller } from "../../lib/contract";
import { AuditLog } from "../../lib/embedded/audit-log";
import { openDatabase } from "../../lib/embedded/database";
import { cleanUp } from "../support/clean-up";
import { startTestPlatform, successivePlatforms } from "../support/embedded";
import { projectWithInstance } from "../support/project";

afterEach(cleanUp);

const somebody: Caller = {
  id: "tok-1",
  name: "ci of web",
  role: "editor",
  projectId: null,
  address: "192.0.2.7",
  requestId: "request-1",
};

const web = { name: "web", image: "http-hello", flavor: "small" };

async function start() {
  const running = await startTestPlatform();
  const { audit } = running.platform.administration!;
  const entries = async (query = {}): Promise<AuditEntry[]> => [
    ...(await audit({ limit: 1000, ...query })).items,
  ];
  return { ...running, entries };
}

test("who changed what: each field before and after, when, from where and by which request", async () => {
  const { platform, entries, stop } = await start();
  const { project, target } = await projectWithInstance(platform);
  const by = { caller: somebody };
  const { portForwards } = platform;
  const made = await portForwards.create({ ...target, internalPort: 8080, externalPort: 20170 }, by);
  await portForwards.update(made.id, { allowedCidrs: ["192.0.2.0/24"], description: "page" }, by);
  await portForwards.delete(made.id, by);
  const found = await entries({ entityId: made.id });
  const about = {
    noun: "port forward",
    entityName: `${made.externalIp}:20170/tcp`,
    projectId: project.id,
    projectName: "ai-lab",
    callerId: "tok-1",
    callerName: "ci of web",
    address: "192.0.2.7",
    requestId: "request-1",
    note: null,
  };
  expect(found).toMatchObject([
    { ...about, action: "delete", revision: 2, changes: { externalPort: { from: 20170 } } },
    {
      ...about,
      action: "update",
      revision: 2,
      changes: {
        allowedCidrs: { from: [], to: ["192.0.2.0/24"] },
        description: { from: "", to: "page" },
      },
    },
    { ...about, action: "create", revision: 1, changes: { externalPort: { to: 20170 } } },
  ]);
  expect(Object.keys(found[1]!.changes).sort()).toEqual(["allowedCidrs", "description"]);
  expect(Math.abs(Date.now() - Date.parse(found[0]!.at))).toBeLessThan(10_000);
  await stop();
});

test("who had a port: entries of every forward that has or had it, ranges and moves included", async () => {
  const { platform, entries, stop } = await start();
  const { target } = await projectWithInstance(platform);
  const { portForwards } = platform;
  const first = await portForwards.create({ ...target, internalPort: 80, externalPort: 20170 });
  await portForwards.update(first.id, { externalPort: 20300 });
  const second = await portForwards.create({
    ...{ ...target, internalPort: 8000, externalPort: 20165, portCount: 10 },
  });
  await portForwards.create({ ...target, protocol: "udp", internalPort: 80, externalPort: 20170 });
  const of = async (query: object) =>
    (await entries(query)).map(({ action, entityId }) => [action, entityId]);
  expect(await of({ externalPort: 20170, protocol: "tcp" })).toEqual([
    ["create", second.id],
    ["update", first.id],
    ["create", first.id],
  ]);
  expect(await of({ externalPort: 20300 })).toEqual([["update", first.id]]);
  expect(await of({ externalPort: 20170, externalIp: "192.0.2.1" })).toEqual([]);
  await stop();
});

test("secrets are not kept: user data is named, never shown", async () => {
  const { platform, entries, stop } = await start();
  const project = await platform.projects.create({ name: "lab" });
  const secret = "planted-secret";
  const { id } = await platform.instances.create({
    ...{ projectId: project.id, name: "vm", image: "echo", flavor: "small", userData: secret },
  });
  await platform.instances.delete(id);
  const found = JSON.stringify(await entries());
  expect(found).toContain('"userData":{"to":"(not kept)"}');
  expect(found).not.toContain(secret);
  await stop();
});

test("long keys are told by their ends and a digest, so that they fill no disk", async () => {
  const { platform, entries, stop } = await start();
  const project = await platform.projects.create({ name: "lab" });
  const key = (owner: string) => `ssh-rsa ${"A".repeat(7_000)} ${owner}@laptop`;
  const sshKeys = Array.from({ length: 64 }, (_, i) => key(`user-${i}`));
  const { id } = await platform.instances.create({ ...web, projectId: project.id, sshKeys });
  const [{ changes }] = (await entries({ entityId: id })) as [AuditEntry];
  const kept = (changes.sshKeys as { to: string[] }).to;
  expect(kept).toHaveLength(64);
  expect(kept[7]).toMatch(/^ssh-rsa A+\.\.\.A+ user-7@laptop \(7022 characters, SHA-256 [\w-]{43}\)$/);
  expect(new Set(kept).size).toBe(64);
  expect(JSON.stringify(changes).length).toBeLessThan(15_000);
  await stop();
});

test("what the platform takes back or detaches by itself is in it, too, with the reason", async () => {
  const { platform, entries, stop } = await start();
  const { instance, target } = await projectWithInstance(platform);
  const forward = await platform.portForwards.create({ ...target, internalPort: 8080 });
  await platform.instances.delete(instance.id, { caller: somebody });
  expect((await entries({ entityId: forward.id }))[0]).toMatchObject({
    action: "update",
    callerName: "ci of web",
    revision: 2,
    changes: { instanceId: { from: instance.id, to: null } },
    note: "detached: its instance is gone",
  });
  const second = await platform.instances.create({ ...web, projectId: target.projectId });
  const program = createServer().listen(20171, forward.externalIp);
  await once(program, "listening");
  const wanted = { ...target, instanceId: second.id, internalPort: 8080, externalPort: 20171 };
  await expect(platform.portForwards.create(wanted)).rejects.toMatchObject({
    code: "external_port_unavailable",
  });
  expect(await entries({ externalPort: 20171 })).toMatchObject([
    { action: "delete", note: "taken back: it could not be opened" },
    { action: "create", note: null },
  ]);
  await once(program.close(), "close");
  await stop();
});

test("a refused change leaves no entry", async () => {
  const { platform, entries, stop } = await start();
  const { target } = await projectWithInstance(platform);
  await platform.portForwards.create({ ...target, internalPort: 80, externalPort: 20170 });
  const before = await entries();
  const again = platform.portForwards.create({ ...target, internalPort: 81, externalPort: 20170 });
  await expect(again).rejects.toMatchObject({ code: "external_port_taken" });
  await expect(platform.portForwards.update("fwd-0", { description: "x" })).rejects.toThrow();
  expect(await entries()).toEqual(before);
  await stop();
});

test("it outlives what was changed and the platform, page by page", async () => {
  const next = successivePlatforms();
  const first = await next();
  for (const name of ["one", "two", "three"]) {
    const { id } = await first.platform.projects.create({ name });
    await first.platform.projects.delete(id);
  }
  await first.close();
  const { audit } = (await next()).platform.administration!;
  const pages: string[][] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await audit({ limit: 4, ...(cursor && { cursor }) });
    pages.push(page.items.map(({ action, entityName }) => `${action} ${entityName}`));
    cursor = page.nextCursor;
  }
  expect(pages).toEqual([
    ["delete three", "create three", "delete two", "create two"],
    ["delete one", "create one"],
  ]);
});

test("what is older than its days is dropped, its ports with it", async () => {
  const running = await startTestPlatform();
  const database = openDatabase(`${running.settings.dataDir}/platform.db`);
  const log = new AuditLog(database, () => undefined);
  const entity = { id: "fwd-1", name: "old", projectId: null };
  const ports = [{ externalIp: "192.0.2.1", protocol: "tcp", span: { first: 1, count: 1 } }];
  log.record({ by: administrator, action: "create", noun: "port forward", entity, changes: {}, ports });
  const day = 24 * 60 * 60 * 1000;
  log.prune(10, Date.now() + 9 * day);
  expect(log.list({ externalPort: 1 }).items).toHaveLength(1);
  log.prune(10, Date.now() + 11 * day);
  expect(log.list({ externalPort: 1 }).items).toHaveLength(0);
  expect(database.all("SELECT * FROM auditPorts")).toEqual([]);
  database.close();
  await running.stop();
});
