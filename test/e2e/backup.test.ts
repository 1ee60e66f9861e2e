import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { listAll, type PortForward } from "../../lib/contract";
import { cleanUp, freshFolder } from "../support/clean-up";
import { fairlead, freshEnvironment, succeeded } from "../support/command";
import { freshAddress } from "../support/embedded";
import { startPlatformProcess } from "../support/platform-process";
import { projectWithInstance } from "../support/project";
import { httpBody } from "../support/traffic";

afterEach(cleanUp);

/** `fairlead platform <verb>` on a data folder. */
const platform = (verb: string, file: string, dataDir: string, ...more: string[]) =>
  fairlead(["platform", verb, file, "--data", dataDir, ...more], { env: freshEnvironment(freshFolder()) });

const refused = async (...asked: Parameters<typeof platform>): Promise<string> => {
  const { code, stderr, stdout } = await platform(...asked);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  return stderr;
};

/** What a platform says of a forward, but for what was carried meanwhile. */
const row = ({ statistics: _, ...forward }: PortForward) => forward;

test("a backup under load has every change acknowledged before it, and comes to life elsewhere", async () => {
  const externalIp = freshAddress();
  const first = await startPlatformProcess({ externalIp });
  const { target, instance } = await projectWithInstance(first.api);
  const acknowledged: PortForward[] = [];
  let more = true;
  const load = Array.from({ length: 8 }, async (_, client) => {
    for (let i = 0; more; i++) {
      const input = { ...target, internalPort: 8080 + client * 1000 + i, labels: { client: String(client) } };
      acknowledged.push(await first.api.portForwards.create(input));
    }
  });
  while (acknowledged.length < 100) await new Promise((resolve) => setTimeout(resolve, 20));
  const before = acknowledged.map(row);
  const folder = freshFolder();
  const file = join(folder, "today.backup");
  const { stdout } = await succeeded(platform("backup", file, first.dataDir));
  more = false;
  await Promise.all(load);

  expect(stdout).toMatch(/today\.backup holds 1 projects, 1 instances and \d+ forwards/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["today.backup"]);
  expect(readFileSync(file).includes(first.token)).toBe(false);
  expect(await refused("backup", file, first.dataDir)).toContain(
    "a backup overwrites nothing: choose another",
  );
  await first.stop("SIGKILL");

  const dataDir = join(freshFolder(), "elsewhere");
  await succeeded(platform("restore", file, dataDir));
  const second = await startPlatformProcess({ dataDir, externalIp, args: ["--ports", "29000-29999"] });
  expect(second.token).not.toBe(first.token);
  const restored = new Map(
    (await listAll(second.api.portForwards)).map((forward) => [forward.id, row(forward)]),
  );
  for (const forward of before) expect(restored.get(forward.id)).toEqual(forward);
  // What the backup has beyond these was acknowledged while it was taken, each as a whole.
  const known = new Map(acknowledged.map((forward) => [forward.id, row(forward)]));
  for (const [id, forward] of restored)
    expect(forward).toEqual(known.get(id) ?? { ...forward, status: "active" });
  expect(await second.api.instances.get(instance.id)).toEqual(instance);
  const page = before.find(({ internalPort }) => internalPort === 8080)!;
  expect(await httpBody(page.socketAddress)).toContain("web");
  const next = await second.api.portForwards.create({ ...target, internalPort: 22 });
  expect(next.externalPort).toBeGreaterThanOrEqual(29000);
});

test("a restore touches no folder in use, no database without --replace, and keeps what it replaces", async () => {
  const running = await startPlatformProcess();
  const { project } = await projectWithInstance(running.api);
  const file = join(freshFolder(), "a.backup");
  await succeeded(platform("backup", file, running.dataDir));
  await running.api.projects.create({ name: "made after the backup" });

  expect(await refused("restore", file, running.dataDir, "--replace")).toContain(
    "is in use by another platform",
  );
  await running.stop("SIGKILL");
  // Also of a platform that is not running, whose last changes are in its log only.
  const late = join(freshFolder(), "late.backup");
  expect((await succeeded(platform("backup", late, running.dataDir))).stdout).toContain("holds 2 projects");
  expect(await refused("restore", file, running.dataDir)).toContain("--replace puts the backup in its place");
  // A file that has travelled may be readable by all.
  chmodSync(file, 0o644);
  const { stdout } = await succeeded(platform("restore", file, running.dataDir, "--replace"));
  expect(statSync(join(running.dataDir, "platform.db")).mode & 0o777).toBe(0o600);
  const kept = /What was there is kept as (\S+)\.\n/.exec(stdout)![1]!;

  const { api, stop } = await startPlatformProcess({ dataDir: running.dataDir });
  expect((await api.projects.list()).items).toMatchObject([{ id: project.id }]);
  await stop();
  const again = join(freshFolder(), "kept.backup");
  const aside = freshFolder();
  // What was replaced is a database as before, its log included.
  for (const part of ["", "-wal"]) {
    if (existsSync(kept + part)) writeFileSync(join(aside, `platform.db${part}`), readFileSync(kept + part));
  }
  expect((await succeeded(platform("backup", again, aside))).stdout).toContain("holds 2 projects");
});

test("what is no whole backup is not restored, and nothing appears", async () => {
  const folder = freshFolder();
  const dataDir = join(folder, "data");
  const empty = join(folder, "empty");
  const text = join(folder, "text");
  writeFileSync(empty, "");
  writeFileSync(text, `no database ${"x".repeat(5000)}`);
  expect(await refused("restore", join(folder, "missing"), dataDir)).toContain("There is no file");
  expect(await refused("restore", empty, dataDir)).toContain(
    `The backup ${empty} is empty. Nothing was changed`,
  );
  expect(await refused("restore", text, dataDir)).toContain(`The backup ${text} is no database`);
  expect(existsSync(dataDir)).toBe(false);
  mkdirSync(dataDir);
  expect(await refused("backup", join(folder, "b"), dataDir)).toContain("There is no platform's database");
  expect(readdirSync(folder).sort()).toEqual(["data", "empty", "text"]);
});
