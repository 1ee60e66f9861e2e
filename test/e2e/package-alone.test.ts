import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Environment, type Finished, freshEnvironment, root, run } from "../support/command";
import { installPackages, npm } from "../support/npm";
import { bytesIn, packPackage } from "../support/packed-package";
import { startPlatformProcess } from "../support/platform-process";

// The package without what apps bring: how much room it takes, and what a platform on this machine says that it lacks.

jest.setTimeout(180_000);

const megabytes = 15;
const slowUdp =
  "UDP is carried datagram by datagram: on Linux (x64, arm64) it is many at a time with the package koffi";

let project: string;
let environment: Environment;
let size: number;

beforeAll(async () => {
  const { tarball } = await packPackage();
  project = freshFolder("fairlead-alone-");
  await installPackages(project, "--legacy-peer-deps", tarball);
  size = bytesIn(join(project, "node_modules")) / 1e6;
  for (const peer of ["cdktf", "constructs"])
    symlinkSync(join(root, "node_modules", peer), join(project, "node_modules", peer));
  environment = freshEnvironment(freshFolder());
});
afterAll(cleanUp);

const node = (...args: string[]): Promise<Finished> =>
  run([process.execPath, ...args], { cwd: project, env: environment });
const command = (): string => join(project, "node_modules/fairlead/dist/cli/fairlead.js");
const startPlatform = (): Promise<Finished> =>
  node(command(), "platform", "start", "--listen", "127.0.0.1:0", "--data", join(project, "data"));

test(`with all that it depends on it takes less than ${megabytes} MB`, () => {
  process.stdout.write(`installed without peers: ${size.toFixed(2)} MB\n`);
  expect(size).toBeGreaterThan(1);
  expect(size).toBeLessThan(megabytes);
});

test("a platform on this machine says in a line what to install, does so in a test, too, and then starts", async () => {
  const refused = await startPlatform();
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toMatch(/^fairlead: [^\n]* libsql, is not installed\. Install it: npm [^\n]+\n$/);

  // Not even a folder was made.
  const data = join(project, "data");
  expect(existsSync(data)).toBe(false);
  const restore = await node(command(), "platform", "restore", "package.json", "--data", data);
  expect(restore).toMatchObject({ code: 1, stderr: refused.stderr });

  const inTest = `require("fairlead/testing").startPlatform().catch(({ message }) => console.log(message))`;
  expect((await node("-e", inTest)).stdout).toBe(`The platform did not start.\n${refused.stderr}`);

  const [typed, specifier] = /install --save-dev (libsql@\S+)$/m.exec(refused.stderr)!;
  expect(packageJson.peerDependencies.libsql.startsWith(specifier!.replace("libsql@", ""))).toBe(true);
  // Without the peers: npm would exchange the links for packages.
  await npm([...typed.split(" "), "--no-audit", "--legacy-peer-deps"], project);
  const { devDependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(Object.keys(devDependencies)).toEqual(["libsql"]);
  const platform = await startPlatformProcess({ command: command() });
  expect((await platform.api.projects.list()).items).toEqual([]);
  expect(await platform.stop()).toBe(0);

  // What only makes it faster is named in its log, and used where it is.
  expect(platform.launched.output()).toContain(slowUdp);
  const koffi = `koffi@${packageJson.peerDependencies.koffi}`;
  await npm(["install", "--save-dev", koffi, "--no-audit", "--legacy-peer-deps"], project);
  const faster = await startPlatformProcess({ command: command() });
  expect(await faster.stop()).toBe(0);
  expect(faster.launched.output()).not.toContain("koffi");

  // As in a folder that was installed on another system.
  const builds = join(project, "node_modules/@libsql");
  expect(readdirSync(builds)).not.toEqual([]);
  rmSync(builds, { recursive: true });
  const foreign = await startPlatform();
  expect(foreign).toMatchObject({ code: 1, stdout: "" });
  expect(foreign.stderr).toMatch(
    /^fairlead: [^\n]* not for this system \(Cannot find module '@libsql\/[^\n]+\. Install it here: npm [^\n]+\n$/,
  );
});
