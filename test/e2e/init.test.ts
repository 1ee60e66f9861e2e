import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { type Environment, type Finished, freshEnvironment, run, succeeded } from "../support/command";
import { npm } from "../support/npm";
import { packPackage } from "../support/packed-package";
import { startPlatformProcess } from "../support/platform-process";
import { processesAbout } from "../support/processes";
import { asOneLine } from "../support/terraform";
import { httpBody } from "../support/traffic";

// A new user's first quarter of an hour: the commands that `fairlead init` and the README tell him, on what npm installs.

jest.setTimeout(600_000);

let parent: string;
let project: string;
let environment: Environment;
let said: string;

beforeAll(async () => {
  const { tarball } = await packPackage();
  parent = freshFolder("fairlead-init-");
  project = join(parent, "my-lab");
  environment = freshEnvironment(freshFolder(), { NO_COLOR: "1", CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1" });
  const runners = join((await npm(["config", "get", "cache"], parent)).stdout.trim(), "_npx");
  const before = foldersIn(runners);
  ({ stdout: said } = await npm(
    ["exec", "--yes", "--", relative(parent, tarball), "init", "my-lab"],
    parent,
  ));
  onCleanUp(() => {
    // npm keeps what it has run for the next time, which does not come.
    for (const name of foldersIn(runners).filter((each) => !before.includes(each)))
      rmSync(join(runners, name), { recursive: true });
  });
  await npm(["install", "--no-audit", "--no-fund"], project);
});
afterAll(cleanUp);

/** What was written; each test begins with it. */
let original: string;
beforeEach(() => {
  original = stack();
});
afterEach(() => writeFileSync(join(project, "lab.ts"), original));

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A program of the project's own, as npx runs it. */
const program = (name: string, args: readonly string[], settings: Environment = {}): Promise<Finished> =>
  run([join(project, "node_modules/.bin", name), ...args], {
    cwd: project,
    env: { ...environment, ...settings },
  });

const stack = () => readFileSync(join(project, "lab.ts"), "utf8");
const edit = (before: string, after: string): void => {
  expect(stack()).toContain(before);
  writeFileSync(join(project, "lab.ts"), stack().replace(before, after));
};

test("it has written a project, and says what comes next", () => {
  const files = [
    ".gitignore",
    "cdktf.json",
    "lab.test.ts",
    "lab.ts",
    "main.ts",
    "package.json",
    "tsconfig.json",
  ];
  expect(readdirSync(project)).toEqual(expect.arrayContaining(files));
  for (const file of files) expect(said).toContain(file);
  for (const command of [
    "cd my-lab",
    "npm install && npm test",
    "npx fairlead platform start",
    "npx cdktf deploy",
  ])
    expect(said).toContain(`  ${command}`);
});

test("its code compiles, and its own test passes", async () => {
  const { output } = await npm(["test"], project);
  expect(output).toMatch(/Tests: +2 passed, 2 total/);
});

test("it deploys at once, is changed in place, and leaves nothing behind", async () => {
  const command = join(project, "node_modules/fairlead/dist/cli/fairlead.js");
  const { api, settings } = await startPlatformProcess({ command });
  const cdktf = async (...args: string[]) =>
    asOneLine((await succeeded(program("cdktf", args, settings))).output);
  const deployed = await cdktf("deploy", "--auto-approve");
  const forwards = async () => (await api.portForwards.list()).items;
  const [page] = await forwards();
  expect(deployed).toContain(`page = http://${page!.socketAddress}`);
  expect(await httpBody(page!.socketAddress)).toContain("hello from web");
  expect(await cdktf("diff")).toContain("No changes.");

  edit("Port.tcp(8080)", "Port.tcp(8081)");
  await cdktf("deploy", "--auto-approve");
  expect(await forwards()).toMatchObject([
    { id: page!.id, socketAddress: page!.socketAddress, internalPort: 8081 },
  ]);
  expect(await httpBody(page!.socketAddress)).toContain(":8081");

  await cdktf("destroy", "--auto-approve");
  for (const { list } of [api.projects, api.instances, api.portForwards])
    expect((await list()).items).toEqual([]);
  expect(
    processesAbout(project).filter(({ commandLine }) => !commandLine.includes("platform start")),
  ).toEqual([]);
});

test.each([
  ["Port.tcp(8080)", "Port.tcp(80800)", /80800/],
  ['name: "my-lab"', 'name: "My Lab!"', /\[lab\/Project\] .*"My Lab!"/],
  ['flavor: "small"', 'flavour: "small"', /flavour/],
])("a mistake in it is named at its construct or its line: %s", async (before, after, message) => {
  edit(before, after);
  const checked = await program("tsc", []);
  const made = checked.code === 0 ? await program("tsx", ["main.ts"]) : checked;
  expect(made.code).not.toBe(0);
  expect(made.output).toMatch(message);
});

test("a second time is refused, and changes nothing", async () => {
  const before = readdirSync(project);
  const again = await program("fairlead", ["init"]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/^fairlead: This folder is not empty: it has .* Name a folder that is empty/);
  expect(readdirSync(project)).toEqual(before);
});
