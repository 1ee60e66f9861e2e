import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../package.json";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Environment, freshEnvironment, root, run, succeeded } from "../support/command";
import { npm } from "../support/npm";
import { type PackedPackage, packPackage } from "../support/packed-package";
import { eventually, processesAbout } from "../support/processes";

// A package of another team, and an app on it: packed, installed, and tested by their own suites.

jest.setTimeout(240_000);
afterAll(cleanUp);

const { cdktf, constructs } = packageJson.devDependencies;
let library: Example;
let app: Example;

interface Example {
  readonly folder: string;
  /** `npm run <script>`, which has to succeed; resolves with what it wrote. */
  script(...command: string[]): Promise<string>;
}

beforeAll(async () => {
  const fairlead = await packPackage();
  library = await installed("team-library", fairlead);
  await library.script("build");
  app = await installed("team-app", fairlead, await packPackage(library.folder));
});

/** A copy of an example with packages installed as they are packed; its tools are those of this repository. */
async function installed(name: string, ...packages: PackedPackage[]): Promise<Example> {
  const folder = freshFolder(`${name}-`);
  cpSync(join(root, "examples", name), folder, { recursive: true });
  // npm would ask for all of the tools' packages, only to leave them out.
  const { devDependencies, ...manifest } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const tarballs = packages.map(({ tarball }) => tarball);
  const others = [`cdktf@${cdktf}`, `constructs@${constructs}`];
  await npm(["install", "--no-audit", "--no-fund", ...tarballs, ...others], folder);
  const tools = [...Object.keys(devDependencies), ".bin/jest", ".bin/tsc"];
  for (const tool of tools) {
    const link = join(folder, "node_modules", tool);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(join(root, "node_modules", tool), link);
  }
  const env: Environment = freshEnvironment(folder, { NO_COLOR: "1", CI: "1" });
  return {
    folder,
    script: async (...command) =>
      (await succeeded(run(["npm", "run", ...command], { cwd: folder, env }))).output,
  };
}

test("the team's package type-checks, and its tests pass", async () => {
  await library.script("typecheck");
  expect(await library.script("test", "--", "--ci")).toMatch(/^Tests: +7 passed, 7 total$/m);
});

test("so do the app's, with the package as it is installed", async () => {
  await app.script("typecheck");
  expect(readdirSync(join(app.folder, "node_modules/team-library"))).toEqual(["dist", "package.json"]);
  expect(await app.script("test", "--", "--ci")).toMatch(/^Tests: +3 passed, 3 total$/m);
});

test("the app is synthesized, as cdktf does it", async () => {
  const { app: command } = JSON.parse(readFileSync(join(app.folder, "cdktf.json"), "utf8"));
  await succeeded(run(command.split(" "), { cwd: app.folder, env: freshEnvironment(app.folder) }));
  const stack = readFileSync(join(app.folder, "cdktf.out/stacks/research/cdk.tf.json"), "utf8");
  expect(Object.keys(JSON.parse(stack).resource.fairlead_port_forward)).toHaveLength(4);
});

test("nothing is left of the platforms, also when a test fails and forgets its platform", async () => {
  const text = `
    const { startPlatform } = require("fairlead/testing");
    test("fails", async () => {
      const { tokenFile } = await startPlatform();
      require("node:fs").writeFileSync("token-file", tokenFile);
      throw new Error("on purpose");
    });
  `;
  writeFileSync(join(app.folder, "test/failing.test.js"), text);
  await expect(app.script("test", "--", "failing")).rejects.toThrow("on purpose");
  const data = dirname(readFileSync(join(app.folder, "token-file"), "utf8"));
  expect(existsSync(data)).toBe(false);
  for (const { folder } of [app, library]) await eventually(() => processesAbout(folder).length === 0);
});
