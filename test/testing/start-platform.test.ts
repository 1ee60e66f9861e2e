import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { App, S3Backend, TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { EphemeralVariable, FairleadProvider, Instance, Port, type PortForward, Project } from "../../lib";
import "../../lib/testing/jest";
import { answerLookups, startPlatform, type TestPlatform } from "../../lib/testing";
import { processesAbout } from "../support/processes";
import { httpBody } from "../support/traffic";

// The platform for tests, with the real Terraform.

jest.setTimeout(120_000);
// Terraform as it is without settings of this machine.
process.env.TF_CLI_CONFIG_FILE = "/dev/null";

const machine = { image: "http-hello", flavor: "small" };

class Lab extends TerraformStack {
  readonly page: PortForward;
  constructor(port = 8080, more: (stack: Lab) => void = () => {}) {
    super(Testing.app(), "lab");
    more(this);
    const web = new Project(this, "Project", { name: "ai-lab" }).addInstance("Web", machine);
    this.page = web.forward(Port.tcp(port), { id: "Page", description: "web service" });
    new TerraformOutput(this, "ip", { value: this.page.externalIp });
  }
}

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform({ images: { "ubuntu-24.04": "http-hello" }, flavors: { "m1.large": {} } });
});

test("a stack is deployed for real, changed in place, and destroyed; values come back as what they are", async () => {
  const lab = new Lab();
  const first = await platform.deploy(lab, { address: lab.page.socketAddress, port: lab.page.externalPort });
  const { address, port, ip } = first.outputs;
  // Types: the text of an address, the number of a port, and of outputs by name nothing is known.
  expect([address.toUpperCase(), port.toFixed(0)]).toEqual([`${ip}:${port}`, String(port)]);
  expect(await httpBody(address)).toContain("hello from web");
  expect(first.changes).toEqual({ add: 3, change: 0, remove: 0, import: 0 });
  expect(Object.keys(first.outputs).sort()).toEqual(["address", "ip", "port"]);

  expect((await platform.deploy(new Lab())).changes).toEqual({ add: 0, change: 0, remove: 0, import: 0 });
  expect(await platform.plan(new Lab(8081))).toEqual({ add: 0, change: 1, remove: 0, import: 0 });
  const second = new Lab(8081);
  const after = await platform.deploy(second, { port: second.page.externalPort });
  expect(after.outputs.port).toBe(port);
  expect(await httpBody(address)).toContain(":8081");

  expect(await platform.destroy(second)).toMatchObject({ remove: 3 });
  expect((await platform.api.projects.list()).items).toEqual([]);
});

test("whatever endpoint, token and backend a stack names, it is the test's platform and state that are used", async () => {
  const lab = new Lab(8080, (stack) => {
    const token = new EphemeralVariable(stack, "token");
    new FairleadProvider(stack, "Fairlead", { endpoint: "https://vm.example.com", token: token.stringValue });
    new S3Backend(stack, { bucket: "states", key: "lab", region: "eu-west-1" });
  });
  await platform.deploy(lab, {}, { variables: { token: "unused" } });
  expect((await platform.api.projects.list()).items.map(({ name }) => name)).toEqual(["ai-lab"]);
  await platform.destroy(lab, { variables: { token: "unused" } });
});

test("what fails is told at its construct, with Terraform's own words", async () => {
  const stack = new TerraformStack(Testing.app(), "wrong");
  const project = new Project(stack, "Project", { name: "wrong" });
  project.addInstance("Web", { image: "windows", flavor: "small" });
  await expect(platform.deploy(stack)).rejects.toThrow(
    /^terraform apply of stack wrong failed\.\n {2}\[wrong\/Project\/Web\] .*\n[\s\S]*image "windows"/,
  );
  const unset = new TerraformStack(Testing.app(), "unset");
  new TerraformVariable(unset, "size", { type: "string" });
  await expect(platform.deploy(unset)).rejects.toThrow(/failed\.\n[\s\S]*No value for required variable/);
  await platform.destroy(stack);
});

test("validations stop a deployment, as they stop a synthesis", async () => {
  const stack = new TerraformStack(Testing.app(), "open");
  new Project(stack, "Project", { name: "open" }).addInstance("Web", machine).forward(Port.SSH);
  await expect(platform.deploy(stack)).rejects.toThrow("ssh-open-to-everyone");
});

test("stacks refer to each other, and images and flavors have stand-ins", async () => {
  const app = new App({ outdir: Testing.app().outdir });
  const network = new TerraformStack(app, "network");
  const web = new Project(network, "Project", { name: "shared" }).addInstance("Web", {
    ...{ image: "ubuntu-24.04", flavor: "m1.large" },
  });
  const access = new TerraformStack(app, "access");
  const page = new TerraformOutput(access, "web", { value: web.privateIp });
  expect(page).toBeDefined();
  await platform.deploy(network);
  const { outputs } = await platform.deploy(access);
  expect(outputs.web).toMatch(/^127\./);
  await platform.destroy(access);
  await platform.destroy(network);
});

test("lookups are answered from what is on it", async () => {
  const project = await platform.api.projects.create({ name: "by-hand" });
  const made = await platform.api.instances.create({ projectId: project.id, name: "old", ...machine });
  answerLookups(await platform.lookupAnswers());
  const stack = new TerraformStack(Testing.app(), "found");
  const found = Project.fromLookup(stack, "Lab", { name: "by-hand" });
  const old = Instance.fromLookup(stack, "Old", { project: found, name: "old" });
  expect(old.instanceId).toBe(made.id);
  const page = old.forward(Port.tcp(8080), { description: "web service" });
  const { outputs } = await platform.deploy(stack, { address: page.socketAddress });
  expect(await httpBody(outputs.address)).toContain("hello from old");
});

test("fake timers do not stop it", async () => {
  jest.useFakeTimers();
  try {
    const stack = new TerraformStack(Testing.app(), "fake");
    new Project(stack, "Project", { name: "fake" });
    expect((await platform.deploy(stack)).changes.add).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});

test("closed, it leaves no process and no file; what it is started with is checked", async () => {
  const { tokenFile, close } = await startPlatform();
  const folder = dirname(dirname(tokenFile));
  expect(readFileSync(tokenFile, "utf8")).not.toBe("");
  expect(processesAbout(folder).length).toBeGreaterThan(0);
  await Promise.all([close(), close()]);
  expect(processesAbout(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);

  const before = readdirSync(tmpdir());
  await expect(startPlatform({ without: ["flying" as never] })).rejects.toThrow(
    /^The platform did not start\.\n.*a capability is one of/s,
  );
  await expect(startPlatform({ images: { debian: "http-hallo" } })).rejects.toThrow(
    'There is no built-in image "http-hallo"; there are http-hello and echo.',
  );
  expect(
    readdirSync(tmpdir()).filter((name) => name.startsWith("fairlead-testing-") && !before.includes(name)),
  ).toEqual([]);
});
