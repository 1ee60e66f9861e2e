import { createHash } from "node:crypto";
import { cpSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { listAll } from "../../lib/contract";
import { openDatabase } from "../../lib/embedded/database";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Finished, fairleadCommand, freshEnvironment, run } from "../support/command";
import { freshAddress } from "../support/embedded";
import { startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";
import { canMount, smallDisk } from "../support/small-disk";

afterEach(cleanUp);
const mounting = canMount();
const withDisk = mounting ? test : test.skip;
if (!mounting) console.warn("skipped: full and read-only disks, since only root can mount them");

/** A start that has to be refused; resolves with how it ended. */
async function refusedStart(dataDir: string): Promise<Finished> {
  const command = [process.execPath, fairleadCommand, "platform", "start", "--listen", "127.0.0.1:0"];
  const ended = await run([...command, "--data", dataDir, "--external-ip", freshAddress()], {
    env: freshEnvironment(freshFolder()),
  });
  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toMatch(/^fairlead: [^\n]+\n$/);
  return ended;
}

/** What a database consists of, and what was not yet taken over into it; an empty log says nothing. */
const bytesOf = (dataDir: string): string[] =>
  ["platform.db", "platform.db-wal"]
    .map((name) => join(dataDir, name))
    .filter((file) => existsSync(file) && statSync(file).size > 0)
    .map((file) => `${file} ${createHash("sha256").update(readFileSync(file)).digest("hex")}`);

/** A data folder with many forwards, as a platform that was killed leaves it. */
async function usedFolder(): Promise<string> {
  const { api, dataDir, stop } = await startPlatformProcess();
  const { target } = await projectWithInstance(api);
  for (let i = 0; i < 200; i++) {
    await api.portForwards.create({ ...target, internalPort: 1000 + i, description: "x".repeat(100) });
  }
  await stop("SIGKILL");
  const copy = join(freshFolder(), "data");
  cpSync(dataDir, copy, { recursive: true });
  return copy;
}

/** Brings what is in the log into the database file, so that the file is all there is. */
function settled(dataDir: string): string {
  openDatabase(join(dataDir, "platform.db")).close();
  return join(dataDir, "platform.db");
}

function overwrite(file: string, position: number, bytes: Buffer): void {
  writeSync(openSync(file, "r+"), bytes, 0, bytes.length, position);
}

test("a damaged database is refused with its file and the way out, and not a byte of it changes", async () => {
  const folder = await usedFolder();
  const file = settled(folder);
  const whole = readFileSync(file);
  const advice = `Nothing was changed. Restore a backup: fairlead platform restore FILE --replace --data ${folder}`;

  overwrite(file, 0, Buffer.alloc(100, 0x5a));
  let before = bytesOf(folder);
  const headless = await refusedStart(folder);
  expect(headless.stderr).toContain(
    `The platform's database ${file} is no database: it is another file, or `,
  );
  expect(headless.stderr).toContain(advice);
  expect(bytesOf(folder)).toEqual(before);

  writeFileSync(file, whole);
  const pages = statSync(file).size / 4096;
  overwrite(file, Math.floor(pages / 2) * 4096, Buffer.alloc(4096, 0x5a));
  before = bytesOf(folder);
  const torn = await refusedStart(folder);
  expect(torn.stderr).toContain(`The platform's database ${file} is damaged (`);
  expect(torn.stderr).toContain(advice);
  expect(bytesOf(folder)).toEqual(before);

  writeFileSync(file, whole);
  await startPlatformProcess({ dataDir: folder });
});

test("a database of a newer version, or of another program, is refused and not touched", async () => {
  const folder = await usedFolder();
  const database = openDatabase(join(folder, "platform.db"));
  database.script("PRAGMA user_version = 9999");
  database.close();
  const before = bytesOf(folder);
  const { stderr } = await refusedStart(folder);
  expect(stderr).toContain(`${folder}/platform.db was written by a newer version of fairlead (its format is`);
  expect(stderr).toContain("Install that version, or start with another --data folder.");
  expect(bytesOf(folder)).toEqual(before);

  const other = freshFolder();
  const foreign = openDatabase(join(other, "platform.db"));
  foreign.script("CREATE TABLE bookmarks (url TEXT)");
  foreign.close();
  const untouched = bytesOf(other);
  expect((await refusedStart(other)).stderr).toContain("is the database of another program");
  expect(bytesOf(other)).toEqual(untouched);
});

test("a second platform on the same folder is refused, and the first one goes on", async () => {
  const first = await startPlatformProcess();
  const { project } = await projectWithInstance(first.api);
  const before = bytesOf(first.dataDir);
  const { stderr } = await refusedStart(first.dataDir);
  expect(stderr).toContain(
    `The data folder ${first.dataDir} is in use by another platform; stop that one, or`,
  );
  expect(bytesOf(first.dataDir)).toEqual(before);
  expect(await first.api.projects.get(project.id)).toEqual(project);
  await first.api.projects.create({ name: "another" });
});

withDisk("a folder on a full disk is refused, a new one and one that was used", async () => {
  const disk = smallDisk(16);
  disk.fill();
  const fresh = await refusedStart(join(disk.path, "data"));
  expect(fresh.stderr).toMatch(/its disk is full: make room there, or choose another one with --data\./);
  disk.makeRoom();
  // After a clean end: a killed platform leaves the log's index, and starts with it even where nothing can be written.
  const folder = join(disk.path, "used");
  cpSync(await usedFolder(), folder, { recursive: true });
  settled(folder);
  disk.fill();
  const before = bytesOf(folder);
  const used = await refusedStart(folder);
  expect(used.stderr).toMatch(/its disk is full: make room there/);
  expect(bytesOf(folder)).toEqual(before);
  disk.makeRoom();
  const { api } = await startPlatformProcess({ dataDir: folder });
  expect((await listAll(api.portForwards)).length).toBe(200);
});

withDisk("a read-only folder is refused", async () => {
  const disk = smallDisk(16);
  const folder = join(disk.path, "used");
  cpSync(await usedFolder(), folder, { recursive: true });
  disk.makeReadOnly();
  const before = bytesOf(folder);
  const { stderr } = await refusedStart(folder);
  expect(stderr).toContain(
    `The data folder ${folder} cannot be used (EROFS); it is read-only: mount it for writing`,
  );
  expect(bytesOf(folder)).toEqual(before);
});
