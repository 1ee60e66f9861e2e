import { setTimeout as pause } from "node:timers/promises";
import { cleanUp, onCleanUp } from "../support/clean-up";
import { fairlead, succeeded } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually } from "../support/processes";
import { TerraformFolder } from "../support/terraform";

// Ctrl-C, once and twice, while something is made, changed and deleted; and time limits.

jest.setTimeout(120_000);

/** Listens after three seconds, and takes three to end. */
const slow = `
process.on("SIGTERM", () => {});
setTimeout(() => require("node:net").createServer().listen(8080, process.env.FAIRLEAD_PRIVATE_IP), 3000);
`;
const config = {
  images: { slow: { description: "slow", command: [process.execPath, "-e", slow], ready: { tcp: 8080 } } },
};
const provider = 'provider "fairlead" {\n ownership_id = "interrupts"\n}';
const project = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
`;
const instance = (flavor = "small", more = "") => `${project}
resource "fairlead_instance" "vm" {
  project_id = fairlead_project.lab.id
  name       = "vm"
  image      = "slow"
  flavor     = "${flavor}"
  ${more}
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeEach(async () => {
  platform = await startPlatformProcess({ config });
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  terraform.write(project, provider);
  await terraform.succeed("apply", "-auto-approve");
});
afterEach(cleanUp);

const instances = async () => (await platform.api.instances.list()).items;
const vm = () => terraform.resource("fairlead_instance.vm");

/** Interrupts an apply in the middle, once or twice; resolves with what it wrote. */
async function interrupted(configuration: string, begun: RegExp, times: 1 | 2): Promise<string> {
  terraform.write(configuration, provider);
  const apply = terraform.launch("apply", ["-auto-approve"]);
  await eventually(() => begun.test(apply.output()), 20_000);
  await pause(700);
  for (let time = 0; time < times; time++) {
    apply.signal("SIGINT");
    await pause(300);
  }
  const { code, output } = await apply.exit;
  expect(code).toBe(1);
  expect(output).toContain(times === 1 ? "Interrupt received." : "Two interrupts received.");
  await eventually(() => terraform.processes().length === 0, 20_000);
  // A Terraform that exits while it writes the state leaves an empty file.
  expect(terraform.resource("fairlead_project.lab")).toBeDefined();
  return output;
}

/** The same apply again does what is left, and then there is nothing to do. */
async function goesOn(configuration: string): Promise<void> {
  terraform.write(configuration, provider);
  await terraform.succeed("apply", "-auto-approve");
  expect(await terraform.changes()).toBe("");
}

/** What Terraform does not know of is listed, and deleted by the command that stands there. */
async function removeOrphans(expected: number): Promise<void> {
  await eventually(async () => (await instances()).every(({ status }) => status !== "building"), 20_000);
  const { stdout } = await succeeded(fairlead(["orphans", terraform.path], { env: terraform.environment }));
  const unknown = (await instances()).filter(({ id }) => !terraform.state().includes(id));
  expect(unknown).toHaveLength(expected);
  for (const { id } of unknown) {
    expect(stdout).toContain(id);
    await succeeded(fairlead(["orphans", terraform.path, "--delete", id], { env: terraform.environment }));
  }
}

test("once while an instance is made: it ends up in the state", async () => {
  await interrupted(instance(), /vm: Creating/, 1);
  expect(vm()).toMatchObject({ attributes: { id: (await instances())[0]!.id, status: "active" } });
  await goesOn(instance());
  expect(await instances()).toHaveLength(1);
});

test("twice while an instance is made: it is in the state, tainted, or else listed as an orphan", async () => {
  await interrupted(instance(), /vm: Creating/, 2);
  if (vm()) expect(vm()).toMatchObject({ status: "tainted", attributes: { id: (await instances())[0]!.id } });
  await removeOrphans(vm() ? 0 : 1);
  await goesOn(instance());
  expect(await instances()).toHaveLength(1);
});

test.each([1, 2] as const)(
  "%d times while an instance is changed: the next apply converges",
  async (times) => {
    await goesOn(instance());
    const { id } = (await instances())[0]!;
    await interrupted(instance("medium"), /vm: Modifying/, times);
    await goesOn(instance("medium"));
    expect(await instances()).toMatchObject([{ id, flavor: "medium" }]);
  },
);

test.each([1, 2] as const)(
  "%d times while an instance is deleted: the next apply converges",
  async (times) => {
    await goesOn(instance());
    await interrupted(project, /vm: Destroying/, times);
    await goesOn(project);
    expect(await instances()).toEqual([]);
  },
);

test("a time limit: the error says how long it was and how to give more, and what was made is kept, tainted", async () => {
  terraform.write(instance("small", 'timeouts {\n create = "1s"\n }'), provider);
  const began = performance.now();
  const text = await terraform.fail("apply", "-auto-approve");
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(text).toContain("Creating fairlead_instance took longer than 1s");
  expect(text).toContain('timeouts { create = "2s" }');
  expect(vm()).toMatchObject({ status: "tainted", attributes: { id: (await instances())[0]!.id } });
  await goesOn(instance("small", 'timeouts {\n create = "1m"\n }'));
  expect(await instances()).toHaveLength(1);
});

test("a change of timeouts alone changes nothing on the platform", async () => {
  await goesOn(instance());
  const { revision } = (await instances())[0]!;
  await goesOn(instance("small", 'timeouts {\n delete = "3m"\n }'));
  expect((await instances())[0]!.revision).toBe(revision);
});

test("waits for a platform that is busy end at once when Terraform is cancelled", async () => {
  const { createServer } = await import("node:http");
  const busy = createServer((_, answer) => {
    answer.writeHead(503, { "retry-after": "25" }).end();
  });
  await new Promise<void>((resolve) => busy.listen(0, "127.0.0.1", resolve));
  onCleanUp(() => void busy.close());
  const { port } = busy.address() as { port: number };
  const plan = terraform.launch("plan", [], { FAIRLEAD_ENDPOINT: `http://127.0.0.1:${port}` });
  await pause(3000);
  const began = performance.now();
  plan.signal("SIGINT");
  const { code, output } = await plan.exit;
  expect(code).toBe(1);
  expect(performance.now() - began).toBeLessThan(10_000);
  // Terraform may be quicker than the provider's own word for it.
  expect(output).toMatch(/was cancelled|execution halted/);
  expect(output).not.toContain("got no answer");
});
