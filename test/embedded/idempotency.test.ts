import { join } from "node:path";
import type { Platform } from "../../lib/contract";
import { openDatabase } from "../../lib/embedded/database";
import { IdempotencyKeys } from "../../lib/embedded/idempotency";
import { migrate } from "../../lib/embedded/migrations";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { startTestPlatform, successivePlatforms } from "../support/embedded";
import { projectWithInstance } from "../support/project";
import { servedPlatform } from "../support/served";

afterEach(cleanUp);

async function testPlatform(): Promise<Platform> {
  const running = await startTestPlatform();
  onCleanUp(running.stop);
  return running.platform;
}

// Stricter than what is asked of every platform: one that keeps its marks in objects forgets with them.
test("a key is refused after what it made was deleted", async () => {
  const platform = await testPlatform();
  const { target } = await projectWithInstance(platform);
  const { portForwards } = platform;
  const input = { ...target, internalPort: 8080 };
  const options = { idempotencyKey: "plan-1/forward" };
  const { id } = await portForwards.create(input, options);
  await portForwards.delete(id);
  const error = await rejection(portForwards.create(input, options), "idempotency_key_reused");
  expect(error.message).toContain(`made ${id}; that is gone`);
});

test("every create is made once for a key, refused for another body, and refused when what it made is gone", async () => {
  const { client } = await servedPlatform();
  const api = client();
  const { project, target } = await projectWithInstance(api);
  const instance = { projectId: project.id, name: "x", image: "echo", flavor: "small" };
  const creates = [
    [api.projects, { name: "one" }, { name: "other" }],
    [api.instances, instance, { ...instance, name: "y" }],
    [api.portForwards, { ...target, internalPort: 1 }, { ...target, internalPort: 2 }],
  ] as const;
  for (const [index, [repository, input, other]] of creates.entries()) {
    const options = { idempotencyKey: `key-${index}` };
    const create = (body: object) => repository.create(body as never, options);
    const before = (await repository.list()).items.length;
    const [first, twin] = await Promise.all([create(input), create(input)]);
    expect(twin).toEqual(first);
    expect(await create(input)).toEqual(first);
    await rejection(create(other), "idempotency_key_reused");
    expect((await repository.list()).items).toHaveLength(before + 1);
    await repository.delete(first.id);
    await rejection(create(input), "idempotency_key_reused");
    expect((await repository.list()).items).toHaveLength(before);
  }
});

test("a key stands for one request of its project: the same key in another project is another key", async () => {
  const platform = await testPlatform();
  const [mine, theirs] = [
    await projectWithInstance(platform, "mine"),
    await projectWithInstance(platform, "theirs"),
  ];
  const options = { idempotencyKey: "page" };
  const made = await platform.portForwards.create({ ...mine.target, internalPort: 8080 }, options);
  // Neither the other one's object nor a refusal that would tell of it.
  const other = await platform.portForwards.create({ ...theirs.target, internalPort: 22 }, options);
  expect(other.projectId).toBe(theirs.project.id);
  expect(await platform.portForwards.create({ ...mine.target, internalPort: 8080 }, options)).toEqual(made);
  const { items } = await platform.portForwards.list({
    idempotencyKey: "page",
    projectId: theirs.project.id,
  });
  expect(items).toEqual([other]);
});

test("a key is kept for 24 hours, and then forgotten", async () => {
  const database = openDatabase(join(freshFolder(), "keys.db"));
  onCleanUp(() => database.close());
  migrate(database);
  const day = 24 * 60 * 60 * 1000;
  const begin = Date.parse("2026-11-28T12:00:00Z");
  let now = begin;
  const keys = new IdempotencyKeys(database, () => now);
  let made = 0;
  const create = (key = "key") =>
    keys.once(
      { key, scope: "prj-1", request: { name: "x" } },
      async (id) => id,
      async (claim) => {
        const id = `ins-${++made}`;
        database.transaction(() => claim(id));
        return id;
      },
    );
  expect(await create()).toBe("ins-1");
  now = begin + day - 1;
  expect(await create()).toBe("ins-1");
  now = begin + day;
  expect(await create()).toBe("ins-2");
  expect(database.all("SELECT entityId FROM idempotencyKeys")).toMatchObject([{ entityId: "ins-2" }]);
  // A clock that is set back forgets nothing, and remembers nothing that is gone.
  now = begin;
  expect(await create()).toBe("ins-2");
  now = begin + 2 * day - 1;
  keys.prune();
  expect(await create()).toBe("ins-2");
  now = begin + 2 * day;
  keys.prune();
  expect(database.all("SELECT entityId FROM idempotencyKeys")).toEqual([]);
});

test("a restart keeps keys", async () => {
  const start = successivePlatforms();
  const first = await start();
  const { target } = await projectWithInstance(first.platform);
  const options = { idempotencyKey: "kept" };
  const input = { ...target, internalPort: 8080 };
  const forward = await first.platform.portForwards.create(input, options);
  await first.close();
  const second = await start();
  expect((await second.platform.portForwards.create(input, options)).id).toBe(forward.id);
});

test("every change and deletion is refused on another revision than it was decided on, and leaves all as it was", async () => {
  const { client, ask } = await servedPlatform();
  const api = client();
  const { project, instance, target } = await projectWithInstance(api);
  const forward = await api.portForwards.create({ ...target, internalPort: 8080 });
  const items = {
    [`/v1/port-forwards/${forward.id}`]: forward,
    [`/v1/instances/${instance.id}`]: instance,
    [`/v1/projects/${project.id}`]: project,
  };
  const send = (method: string, path: string, ifMatch: string, body?: object) =>
    ask(path, { method, headers: { "if-match": ifMatch }, ...(body ? { body: JSON.stringify(body) } : {}) });
  for (const [path, before] of Object.entries(items)) {
    for (const [method, body] of [["PATCH", { description: "theirs" }], ["DELETE"]] as const) {
      const answer = await send(method, path, '"7"', body);
      expect([path, method, answer.status]).toEqual([path, method, 412]);
      expect(await answer.json()).toMatchObject({ code: "revision_mismatch", details: { revision: 1 } });
      expect((await send(method, path, "3", body)).status).toBe(400);
    }
    expect(await (await ask(path)).json()).toEqual(before);
    const changed = await send("PATCH", path, '"1"', { description: "ours" });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
  }
  for (const path of Object.keys(items)) {
    const { revision } = (await (await ask(path)).json()) as { revision: number };
    expect((await send("DELETE", path, `"${revision}"`)).status).toBe(204);
  }
});
