import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../package.json";
import { cleanUp, freshFolder } from "../support/clean-up";
import { type Environment, freshEnvironment, root, run, succeeded } from "../support/command";
import { installPackages } from "../support/npm";
import { type PackedPackage, packPackage } from "../support/packed-package";
import { startPlatformProcess } from "../support/platform-process";
import { eventually, processesAbout } from "../support/processes";
import { httpBody } from "../support/traffic";

// The package as others get it: packed, installed in an empty project, used from there.

jest.setTimeout(180_000);

let project: string;
let installed: string;
let environment: Environment;
let packed: PackedPackage;

beforeAll(async () => {
  packed = await packPackage();
  project = freshFolder("fairlead-project-");
  const { cdktf, constructs, libsql } = packageJson.devDependencies;
  const peers = [`cdktf@${cdktf}`, `constructs@${constructs}`, `libsql@${libsql}`];
  await installPackages(project, packed.tarball, ...peers);
  installed = join(project, "node_modules/fairlead");
  environment = freshEnvironment(project);
});
afterAll(cleanUp);

/** Runs a program of the project; resolves with what it printed. */
async function program(text: string, more: Environment = {}): Promise<string> {
  const command = [process.execPath, "-e", text];
  return (await succeeded(run(command, { cwd: project, env: { ...environment, ...more } }))).stdout;
}

test("it holds the build, the pages, the template and what every package has, nothing else", () => {
  const paths = packed.files.map(({ path }) => path);
  const others = paths.filter((path) => !path.startsWith("dist/"));
  expect(
    others.filter(
      (path) =>
        !/^(README(\.ko)?\.md|LICENSE|CHANGELOG\.md|package\.json|docs\/[\w-]+\.md|examples\/new-project\/[\w.-]+)$/.test(
          path,
        ),
    ),
  ).toEqual([]);
  expect(others).toEqual(expect.arrayContaining(["LICENSE", "package.json"]));
  // The executable is whole; what it is made of would only be there twice.
  expect(paths).toContain("dist/cli/terraform-provider-fairlead");
  expect(paths.filter((path) => /^dist\/tfplugin\/(rpc|server)\//.test(path))).toEqual([]);
  expect(paths.filter((path) => /^(?!examples\/).*\.(test|tsbuildinfo)|tfstate|\.env/.test(path))).toEqual(
    [],
  );
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
  process.stdout.write(
    `fairlead: ${megabytes(packed.size)} packed, ${megabytes(packed.unpackedSize)} unpacked\n`,
  );
});

test("its programs are executable", () => {
  for (const file of ["dist/cli/fairlead.js", "dist/cli/terraform-provider-fairlead"]) {
    expect(statSync(join(installed, file)).mode & 0o111).toBe(0o111);
  }
});

const setUp = "./testing/jest";

test.each(Object.keys(packageJson.exports).filter((entry) => entry !== setUp))(
  "%s can be imported and required, and has types",
  async (entry) => {
    const name = join("fairlead", entry);
    const names = await program(`console.log(Object.keys(require(${JSON.stringify(name)})).join())`);
    expect(names.trim()).not.toBe("");
    if (entry.endsWith(".json")) return;
    const imported = `import(${JSON.stringify(name)}).then((module) => console.log(Object.keys(module).join()))`;
    const found = (await program(imported)).trim().split(",");
    expect(found).toEqual(expect.arrayContaining(names.trim().split(",")));
    const target = packageJson.exports[entry as "."];
    expect(statSync(join(installed, target.types)).size).toBeGreaterThan(0);
  },
);

test("the set-up of jest has types, and says where it belongs where there is no test runner", async () => {
  expect(statSync(join(installed, packageJson.exports[setUp].types)).size).toBeGreaterThan(0);
  const message = await program(
    'try { require("fairlead/testing/jest") } catch (error) { console.log(error.message) }',
  );
  expect(message).toContain("name it in `setupFilesAfterEnv`");
});

test("everything else in it is private", async () => {
  const inner = `try { require("fairlead/dist/embedded") } catch (error) { console.log(error.code) }`;
  expect(await program(inner)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED\n");
});

test("the library loads no database, no server, no client and no plugin server", async () => {
  const loaded = await program(`
    require("fairlead");
    console.log(Object.keys(require.cache).concat(process.moduleLoadList).join("\\n"));
  `);
  const heavy =
    /node_modules\/(libsql|@libsql|hono|@hono|axios)\/|NativeModule (http2|internal\/http2)|fairlead\/dist\/(embedded|http|tfplugin|provider|cli)\//;
  expect(loaded.split("\n").filter((line) => heavy.test(line))).toEqual([]);
  expect(loaded).toContain("fairlead/dist/index.js");
});

test("what platform authors import loads no server, client, database or test runner until it is used", async () => {
  const loaded = await program(`
    const { servePlatform, conformance, PlatformError } = require("fairlead/platform");
    if (!servePlatform || !conformance || !PlatformError) throw new Error("incomplete");
    console.log(Object.keys(require.cache).join("\\n"));
  `);
  const heavy =
    /node_modules\/(libsql|@libsql|hono|@hono|axios|jest|@jest)\/|fairlead\/dist\/(embedded|http|tfplugin|provider|cli)\//;
  expect(loaded.split("\n").filter((line) => heavy.test(line))).toEqual([]);
  expect(loaded).toContain("fairlead/dist/testing/conformance/suite.js");
  const served = await program(`
    const { servePlatform } = require("fairlead/platform");
    servePlatform({}, { host: "127.0.0.1", port: 0, token: "t", version: "1" }).then(async (server) => {
      const answer = await fetch(server.endpoint + "/health");
      console.log(await answer.text());
      await server.close();
    });
  `);
  expect(served).toContain("ok");
});

test("what tests import loads no server, client, database or test runner until it is used", async () => {
  const loaded = await program(`
    const { matchers, startPlatform, snapshotSerializer, answerLookups } = require("fairlead/testing");
    if (!matchers || !startPlatform || !snapshotSerializer || !answerLookups) throw new Error("incomplete");
    console.log(Object.keys(require.cache).join("\\n"));
  `);
  const heavy =
    /node_modules\/(libsql|@libsql|hono|@hono|axios|jest|@jest)\/|fairlead\/dist\/(embedded\/(?!engine\/built-in-images)|http|tfplugin|provider|cli)\//;
  expect(loaded.split("\n").filter((line) => heavy.test(line))).toEqual([]);
  expect(loaded).toContain("fairlead/dist/testing/matchers/matchers.js");
});

test("a platform for tests goes with the process that started it, closed or not, killed or not", async () => {
  for (const then of ["", 'process.kill(process.pid, "SIGKILL")']) {
    const text = `require("fairlead/testing").startPlatform().then(({ tokenFile }) => { console.log(tokenFile); ${then} })`;
    const { stdout } = await run([process.execPath, "-e", text], { cwd: project, env: environment });
    expect(stdout).toContain(project);
    await eventually(() => processesAbout(dirname(stdout.trim())).length === 0);
  }
});

test.each(["cts", "mts"])("a platform of one's own compiles against it, in %s", async (extension) => {
  const source = `
    import {
      conformance, guardCapabilities, type Platform, PlatformError, pageOf, servePlatform, type Subject,
    } from "fairlead/platform";
    export const subject = (platform: Platform): Subject => ({
      name: "mine",
      start: async () => ({ platform, stop: async () => {} }),
      images: { web: "http-hello", echo: "echo" },
      flavors: ["small", "large"],
      without: ["projectManagement", "expiry"],
    });
    export const run = (platform: Platform) => conformance(subject(platform));
    export const port = async (platform: Platform): Promise<number> => {
      const server = await servePlatform(platform, { host: "127.0.0.1", port: 0, token: "t", version: "1" });
      await server.close();
      const [first] = (await platform.portForwards.list({ protocol: "tcp" })).items;
      if (!first) throw new PlatformError("not_found", "There is none.");
      // @ts-expect-error A port is a number.
      const wrong: string = first.externalPort;
      return wrong.length;
    };
    export const others = [guardCapabilities, pageOf];
    // @ts-expect-error The capability is called expiry.
    export const mistyped: Subject["without"] = ["expirey"];
  `;
  const file = join(project, `mine.${extension}`);
  writeFileSync(file, source);
  const options = ["--strict", "--noEmit", "--target", "es2022", "--module", "node16", "--types", "node"];
  const tsc = require.resolve("typescript/bin/tsc");
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--skipLibCheck"];
  await succeeded(
    run([process.execPath, tsc, ...options, ...types, file], { cwd: project, env: environment }),
  );
});

test("the command is there, and says what it can do", async () => {
  const command = join(project, "node_modules/.bin/fairlead");
  const { stdout } = await succeeded(run([command, "--help"], { cwd: project, env: environment }));
  for (const noun of ["platform", "provider", "forward"]) expect(stdout).toContain(noun);
  const version = await succeeded(run([command, "--version"], { cwd: project, env: environment }));
  expect(version.stdout.trim()).toBe(packageJson.version);
});

test("a stack is synthesized and deployed from there, by plain terraform", async () => {
  const platform = await startPlatformProcess();
  await program(
    `
    const { App, TerraformOutput, TerraformStack } = require("cdktf");
    const { Port, Project } = require("fairlead");
    const app = new App();
    const stack = new TerraformStack(app, "lab");
    const web = new Project(stack, "Project", { name: "ai-lab" })
      .addInstance("Web", { image: "http-hello", flavor: "small" });
    const page = web.forward(Port.tcp(8080), { description: "web service" });
    new TerraformOutput(stack, "page", { value: page.socketAddress });
    app.synth();
  `,
    platform.settings,
  );
  const cwd = join(project, "cdktf.out/stacks/lab");
  expect(readdirSync(cwd)).toEqual(
    expect.arrayContaining([".terraform.lock.hcl", "cdk.tf.json", "terraform.d"]),
  );
  const env = { ...environment, ...platform.settings };
  const terraform = (...args: string[]) => succeeded(run(["terraform", ...args], { cwd, env }));
  await terraform("init", "-no-color", "-lockfile=readonly");
  await terraform("apply", "-no-color", "-auto-approve");
  const { stdout } = await terraform("output", "-raw", "page");
  expect(await httpBody(stdout.trim())).toContain("hello from web");
  await terraform("plan", "-no-color", "-detailed-exitcode");
  await terraform("destroy", "-no-color", "-auto-approve");
  expect((await platform.api.projects.list()).items).toEqual([]);
  expect(readFileSync(join(cwd, "cdk.tf.json"), "utf8")).not.toContain(platform.token);
});
