import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Instance, Project } from "../../lib/contract";
import { CdktfApp } from "../support/cdktf-app";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { fairlead, freshEnvironment, run, succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";

// What lookups have found, on a real platform, through the built command.

jest.setTimeout(120_000);

const runs = { command: ["node", "-e", "setInterval(() => {}, 1000)"], ready: { tcp: [] } };
const images = { "ubuntu-22.04": runs, "ubuntu-24.04": runs, "ubuntu-24.10-rc1": runs };

let platform: PlatformProcess;
let app: CdktfApp;
let project: Project;
let web: Instance;
const program = (body: string) => `
  const { App, TerraformStack } = require("cdktf");
  const { Image, Instance, PortForward, Project } = require("fairlead");
  const app = new App();
  const stack = new TerraformStack(app, "dev");
  ${body}
  app.synth();
`;
const asksAll = program(`
  const lab = Project.fromLookup(stack, "Lab", { name: "ai-lab" });
  const web = Instance.fromLookup(stack, "Web", { project: lab, name: "web" });
  const image = Image.fromLookup(stack, "Ubuntu", { name: "ubuntu-*", latest: true });
  console.log([lab.projectId, web.instanceId, image.imageName].join(" "));
`);

beforeAll(async () => {
  platform = await startPlatformProcess({ config: { images } });
});
afterAll(cleanUp);
beforeEach(async () => {
  project = await platform.api.projects.create({ name: "ai-lab" });
  web = await platform.api.instances.create({
    ...{ projectId: project.id, name: "web", image: "ubuntu-22.04", flavor: "small" },
  });
  app = new CdktfApp(asksAll);
  expect((await succeeded(synth())).stdout).toBe(`${project.id} ${web.id} ubuntu-24.10-rc1\n`);
});
afterEach(async () => {
  await platform.api.instances.delete(web.id);
  await platform.api.projects.delete(project.id);
});

const environment = () => freshEnvironment(app.folder, platform.settings);
const synth = () => run([process.execPath, "main.js"], { cwd: app.path, env: environment() });
const context = (...args: string[]) => fairlead(["context", ...args], { cwd: app.path, env: environment() });
const file = () => join(app.path, "fairlead.context.json");
const keys = () => Object.keys(JSON.parse(readFileSync(file(), "utf8")).answers);
const at = () => `at ${platform.endpoint}`;

/** The instance is made anew, by hand. */
async function replaceWeb(): Promise<void> {
  await platform.api.instances.delete(web.id);
  web = await platform.api.instances.create({
    ...{ projectId: project.id, name: "web", image: "ubuntu-24.04", flavor: "small" },
  });
}

test("it lists every entry with its answer", async () => {
  const { stdout } = await succeeded(context());
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["KEY", "ANSWER"],
    [`instance web of project ai-lab ${at()}`, `id ${web.id}; name web; privateIp ${web.privateIp}`],
    [`newest image ubuntu-* ${at()}`, "name ubuntu-24.10-rc1"],
    [
      `project ai-lab ${at()}`,
      `id ${project.id}; name ai-lab; externalIps ${platform.externalIp}; privateCidr ${project.privateCidr}`,
    ],
    [""],
  ]);
  rmSync(file());
  expect((await succeeded(context())).stdout).toBe(`${file()}: nothing has been looked up yet.\n`);
});

test("--check says what has changed on the platform since, with an exit code of its own; --refresh takes it over", async () => {
  expect(await context("--check")).toMatchObject({
    code: 0,
    stdout: `${file()}: all 3 as on the platform.\n`,
  });
  const before = { ...web };
  await replaceWeb();
  const changed = `instance web of project ai-lab ${at()}\n  id: "${before.id}" -> "${web.id}"\n  privateIp: "${before.privateIp}" -> "${web.privateIp}"\n`;
  expect(await context("--check")).toMatchObject({
    code: 3,
    stdout: `${changed}1 of 3 changed on the platform. To take it over: fairlead context --refresh, then look at the plan.\n`,
  });
  // Until then nothing changes.
  expect((await succeeded(synth())).stdout).toContain(before.id);
  expect(await context("--refresh")).toMatchObject({
    code: 0,
    stdout: `${changed}Refreshed: 3 of ${file()}, 1 changed.\n`,
  });
  expect((await succeeded(synth())).stdout).toContain(web.id);
  expect((await context("--check")).code).toBe(0);
});

test("--refresh takes one key, and what is gone is said and keeps all as it was", async () => {
  await replaceWeb();
  const before = readFileSync(file(), "utf8");
  const project_ = await context("--refresh", `project ai-lab ${at()}`);
  expect(project_).toMatchObject({ code: 0, stdout: `Refreshed: 1 of ${file()}, 0 changed.\n` });
  expect(readFileSync(file(), "utf8")).toBe(before);

  await platform.api.instances.update(web.id, { name: "web-2" });
  const gone = `There is no instance "web" of project ai-lab ${at()}; it has web-2.`;
  expect(await context("--refresh")).toMatchObject({
    code: 1,
    stdout: "",
    stderr: `fairlead: Nothing is refreshed, since 1 of 3 cannot be answered:\n  instance web of project ai-lab ${at()}\n    ${gone}\nCorrect the code that asks for it, then: fairlead context --prune.\n`,
  });
  expect(readFileSync(file(), "utf8")).toBe(before);
  expect(await context("--check")).toMatchObject({ code: 3, stdout: expect.stringContaining(gone) });
});

test("the token of one platform is sent to no other that the file names", async () => {
  let heard = 0;
  const other = createServer((socket) => {
    heard++;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  onCleanUp(() => void other.close());
  await once(other, "listening");
  const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const content = JSON.parse(readFileSync(file(), "utf8"));
  const key = `project theirs at ${elsewhere}`;
  content.answers[key] = { id: "prj-1", name: "theirs" };
  writeFileSync(file(), JSON.stringify(content));
  const problem = `${key}\n  It is of another platform, where the token of FAIRLEAD_ENDPOINT is not sent: set FAIRLEAD_ENDPOINT=${elsewhere}`;
  expect(await context("--check")).toMatchObject({ code: 3, stdout: expect.stringContaining(problem) });
  expect((await context("--refresh", key)).code).toBe(1);
  expect(heard).toBe(0);
});

test("--clear removes one entry, and the next synthesis asks for it", async () => {
  const before = readFileSync(file(), "utf8");
  const key = `newest image ubuntu-* ${at()}`;
  expect(await context("--clear", "newest image ubuntu")).toMatchObject({
    code: 1,
    stderr: `fairlead: There is no entry "newest image ubuntu" in ${file()}; it has, the closest first:\n  ${key}\n  project ai-lab ${at()}\n  instance web of project ai-lab ${at()}\n`,
  });
  await succeeded(context("--clear", key));
  expect(keys()).toEqual([`instance web of project ai-lab ${at()}`, `project ai-lab ${at()}`]);
  await succeeded(synth());
  expect(readFileSync(file(), "utf8")).toBe(before);
});

test("--prune runs the app and removes what no construct asks for", async () => {
  app.write(program(`Project.fromLookup(stack, "Lab", { name: "ai-lab" }); console.log("ran");`));
  const { stdout, stderr } = await succeeded(context("--prune"));
  expect(stdout).toBe(
    `Removed: instance web of project ai-lab ${at()}\nRemoved: newest image ubuntu-* ${at()}\n2 of 3 entries were asked for by no construct.\n`,
  );
  expect(stderr).toContain("ran\n");
  expect(keys()).toEqual([`project ai-lab ${at()}`]);
  expect(existsSync(join(app.path, "cdktf.out/manifest.json"))).toBe(true);

  app.write(program(""));
  await succeeded(context("--prune"));
  expect(existsSync(file())).toBe(false);
});

test("--prune removes nothing where the app fails, or nobody knows how to run it", async () => {
  const before = readFileSync(file(), "utf8");
  app.write("process.exit(7)");
  expect(await context("--prune")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      "`node main.js` ended with exit code 7, so it is not known what it asks for; nothing is removed.",
    ),
  });
  writeFileSync(join(app.path, "cdktf.json"), "{}");
  expect((await context("--prune")).stderr).toContain("has no `app`");
  expect(readFileSync(file(), "utf8")).toBe(before);
});

test("what cannot be asked or read ends with what to do", async () => {
  const elsewhere = freshFolder();
  const lone = await fairlead(["context", "--check"], { cwd: app.path, env: freshEnvironment(elsewhere) });
  expect([lone.code, lone.stderr]).toEqual([
    1,
    expect.stringContaining("No token is given. Set FAIRLEAD_TOKEN"),
  ]);
  writeFileSync(file(), "<<<<<<< ours");
  expect((await context()).stderr).toContain(`${file()} is not a context file of version 1. Restore it`);
  expect((await context("--check", "--prune")).stderr).toContain("cannot be used with option '--prune'");
});
