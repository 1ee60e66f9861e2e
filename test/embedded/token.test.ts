import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { openDatabase } from "../../lib/embedded/database";
import { cleanUp } from "../support/clean-up";
import { startTestPlatform, successivePlatforms } from "../support/embedded";

afterEach(cleanUp);

const forever = { name: "ci", role: "editor", expiresAt: null } as const;

test("a token is told once: the data folder has its hash alone, and nobody is told it again", async () => {
  const running = await startTestPlatform();
  const { tokens } = running.platform.administration!;
  const { token, ...shown } = await tokens.create(forever);
  const [, secret] = /^fairlead_tok-[0-9a-z]{26}_([\w-]{43})$/.exec(token)!;
  expect((await tokens.list()).items).toEqual([shown]);
  for (const file of ["platform.db", "platform.db-wal"])
    expect(readFileSync(join(running.settings.dataDir, file), "latin1")).not.toContain(secret);
  await running.stop();
});

test("who has a token is known by it, and by no other, also after a restart, until it is revoked", async () => {
  const start = successivePlatforms();
  const first = await start();
  const { id, token } = await first.platform.administration!.tokens.create(forever);
  const caller = { id, name: "ci", role: "editor", projectId: null };
  expect(first.authenticate(token)).toEqual(caller);
  const other = token.slice(0, -1) + (token.endsWith("A") ? "B" : "A");
  for (const wrong of ["", other, token.replace("tok-", "tok-0"), `${token}x`, `fairlead_${id}_`])
    expect(first.authenticate(wrong)).toBeUndefined();
  await first.close();

  const second = await start();
  expect(second.authenticate(token)).toEqual(caller);
  const { tokens } = second.platform.administration!;
  await tokens.delete(id);
  expect(second.authenticate(token)).toBeUndefined();
  await expect(tokens.delete(id)).rejects.toMatchObject({ code: "not_found" });
});

test("a token stops working when its time is over, and says so to who has it", async () => {
  const running = await startTestPlatform();
  const { tokens } = running.platform.administration!;
  const expiresAt = new Date(Date.now() + 150).toISOString();
  const { token } = await tokens.create({ ...forever, expiresAt });
  expect(running.authenticate(token)).toBeDefined();
  await pause(200);
  expect(() => running.authenticate(token)).toThrow(`The token ci has expired: ${expiresAt}.`);
  await expect(tokens.create({ ...forever, expiresAt })).rejects.toMatchObject({
    code: "invalid_argument",
    field: "/expiresAt",
  });
  await running.stop();
});

test("a token that ends makes none that outlives it", async () => {
  const running = await startTestPlatform();
  const { tokens } = running.platform.administration!;
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const { id, name } = await tokens.create({ ...forever, role: "admin", expiresAt });
  const caller = { id, name, role: "admin", projectId: null, address: null, requestId: null } as const;
  const later = new Date(Date.now() + 61_000).toISOString();
  for (const wanted of [null, later])
    await expect(tokens.create({ ...forever, expiresAt: wanted }, { caller })).rejects.toMatchObject({
      code: "invalid_argument",
      field: "/expiresAt",
      message: `expiresAt is ${wanted ?? "null, so never"}, but the token ci, which makes it, stops working at ${expiresAt}: no later than that.`,
    });
  // The same moment, as another time zone has it.
  const offset = new Date(Date.parse(expiresAt) + 3_600_000).toISOString().replace("Z", "+01:00");
  for (const wanted of [expiresAt, offset])
    await tokens.create({ ...forever, expiresAt: wanted }, { caller });
  await running.stop();
});

test("the last use is recorded, also for the next platform of the folder", async () => {
  const start = successivePlatforms();
  const first = await start();
  const { tokens } = first.platform.administration!;
  const { token } = await tokens.create(forever);
  expect((await tokens.list()).items).toMatchObject([{ lastUsedAt: null }]);
  first.authenticate(token);
  const [used] = (await tokens.list()).items;
  expect(Date.now() - Date.parse(used!.lastUsedAt!)).toBeLessThan(5_000);
  await first.close();
  const second = await start();
  expect((await second.platform.administration!.tokens.list()).items).toEqual([used]);
});

test("a project's tokens go with it", async () => {
  const running = await startTestPlatform();
  const { projects, administration } = running.platform;
  const { id: projectId } = await projects.create({ name: "short" });
  const { token } = await administration!.tokens.create({ ...forever, projectId });
  expect(running.authenticate(token)).toMatchObject({ projectId });
  await projects.delete(projectId);
  expect(running.authenticate(token)).toBeUndefined();
  await running.stop();
});

test("nothing of a token is in the audit log but that there is one", async () => {
  const running = await startTestPlatform();
  const { tokens, audit } = running.platform.administration!;
  const { id, token } = await tokens.create(forever);
  await tokens.delete(id);
  const { items } = await audit({ entityId: id });
  expect(items).toMatchObject([
    { action: "delete", noun: "token", entityName: "ci" },
    { action: "create", changes: { role: { to: "editor" }, expiresAt: { to: null } } },
  ]);
  expect(JSON.stringify(items)).not.toContain(token.slice(-43));
  const database = openDatabase(join(running.settings.dataDir, "platform.db"));
  expect(database.all("SELECT * FROM tokens")).toEqual([]);
  database.close();
  await running.stop();
});
