import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Finished, freshEnvironment, root, run, succeeded } from "../support/command";

// What `fairlead init` writes and refuses; that it deploys is shown with the real tools in test/e2e/init.test.ts.

const { version } = packageJson;

let folder: string;
beforeEach(() => {
  folder = freshFolder("fairlead-init-");
});
afterEach(cleanUp);

/** A copy of the package in `node_modules`, as a package manager has put it there. */
function installed(lockFile?: object): string {
  const modules = join(folder, "installer/node_modules");
  const copy = join(modules, "fairlead");
  for (const name of ["dist", "examples", "package.json"]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  for (const name of ["commander", "zod"]) symlinkSync(join(root, "node_modules", name), join(modules, name));
  if (lockFile) writeFileSync(join(modules, ".package-lock.json"), JSON.stringify(lockFile));
  return copy;
}

function init(copy: string, ...args: string[]): Promise<Finished> {
  const command = [process.execPath, join(copy, "dist/cli/fairlead.js"), "init", ...args];
  return run(command, { cwd: folder, env: freshEnvironment(join(folder, "installer")) });
}

const manifest = (project: string) => JSON.parse(readFileSync(join(folder, project, "package.json"), "utf8"));

test("each package has the version that this one is tested with, fairlead its own", async () => {
  await succeeded(init(installed({ packages: {} }), "lab"));
  const { dependencies, devDependencies, name } = manifest("lab");
  expect(name).toBe("lab");
  const tested: Readonly<Record<string, string>> = packageJson.devDependencies;
  const { fairlead, ...others } = { ...dependencies, ...devDependencies };
  expect(fairlead).toBe(`^${version}`);
  expect(Object.keys(others)).toEqual(expect.arrayContaining(["cdktf", "cdktf-cli", "constructs", "jest"]));
  for (const [of, wanted] of Object.entries(others)) expect(`${of}@${wanted}`).toBe(`${of}@${tested[of]}`);
});

test("one that came from a tarball names the tarball", async () => {
  const resolved = "file:../packed/fairlead.tgz";
  await succeeded(init(installed({ packages: { "node_modules/fairlead": { resolved } } }), "lab"));
  expect(manifest("lab").dependencies.fairlead).toBe(`file:${join(folder, "packed/fairlead.tgz")}`);
});

test("a checkout needs a tarball of itself, and says so before it writes", async () => {
  const checkout = join(folder, "checkout");
  cpSync(installed(), checkout, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  const refused = await init(checkout, "lab");
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain(`Run \`npm pack\` in ${checkout}`);
  expect(readdirSync(folder)).not.toContain("lab");
  const tarball = join(checkout, `fairlead-${version}.tgz`);
  writeFileSync(tarball, "");
  await succeeded(init(checkout, "lab"));
  expect(manifest("lab").dependencies.fairlead).toBe(`file:${tarball}`);
});

test.each([
  ["My Lab!", "my-lab"],
  ["실험실", "my-lab"],
  ["jest", "my-lab"],
  ["_net.2_", "net.2"],
])("a project in %j is the package %j", async (given, name) => {
  await succeeded(init(installed(), given));
  expect(manifest(given).name).toBe(name);
});

test("an empty repository is an empty folder; what else is in one is kept, and nothing is added", async () => {
  const copy = installed();
  mkdirSync(join(folder, "repository/.git"), { recursive: true });
  await succeeded(init(copy, "repository"));
  const full = join(folder, "full");
  mkdirSync(full);
  for (const name of ["a", "b", "c", "d"]) writeFileSync(join(full, name), name);
  const refused = await init(copy, "full");
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("full is not empty: it has a, b, c and 1 more. Nothing was written.");
  expect(readdirSync(full)).toEqual(["a", "b", "c", "d"]);
});
