import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instance, PortForward, Project } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { type Environment, type Finished, fairlead } from "../support/command";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually } from "../support/processes";
import { TerraformFolder } from "../support/terraform";

// What no state knows: found by its mark, brought under code or deleted one by one, with the real Terraform.

jest.setTimeout(120_000);

/** An image that takes its time, so that something can happen while its instance is made. */
const slow = {
  command: [
    "node",
    "-e",
    "setTimeout(() => require('net').createServer().listen(7007, process.env.FAIRLEAD_PRIVATE_IP), 3000)",
  ],
  ready: { tcp: [7007] },
};

let platform: PlatformProcess;
let terraform: TerraformFolder;
/** Each test is a stack of its own. */
let mark: string;
let stacks = 0;
let provider: string;
let project: string;

beforeAll(async () => {
  platform = await startPlatformProcess({ config: { images: { slow } } });
});
afterAll(cleanUp);
beforeEach(async () => {
  mark = `stack-${++stacks}`;
  provider = `provider "fairlead" {\n  ownership_id = "${mark}"\n}`;
  project = `resource "fairlead_project" "lab" {\n  name = "lab of ${mark}"\n}\n`;
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  terraform.write(project, provider);
  await terraform.succeed("apply", "-auto-approve");
});

const orphans = (args: readonly string[] = [], env: Environment = {}): Promise<Finished> =>
  fairlead(["orphans", terraform.path, ...args], { env: { ...terraform.environment, ...env } });
/** What is printed when all is well. */
async function listed(args: readonly string[] = [], env: Environment = {}): Promise<string> {
  const { code, stdout, stderr } = await orphans(args, env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}
async function refused(args: readonly string[] = [], env: Environment = {}): Promise<string> {
  const { code, stdout, stderr } = await orphans(args, env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  return stderr;
}

/** What a create that was cut leaves behind: it bears the mark, and no state knows it. */
async function leaveBehind(ownershipId = mark) {
  const { projects, instances, portForwards } = platform.api;
  const lost: Project = await projects.create({
    name: `lost by ${ownershipId.replace("/", " ")}`,
    ownershipId,
  });
  const web: Instance = await instances.create({
    projectId: lost.id,
    name: "web",
    image: "http-hello",
    flavor: "small",
    ownershipId,
  });
  const page: PortForward = await portForwards.create({
    projectId: lost.id,
    instanceId: web.id,
    protocol: "tcp",
    internalPort: 8080,
    description: "web service",
    ownershipId,
  });
  return { lost, web, page };
}

test("what the state holds, and what bears another mark or none, is no orphan", async () => {
  await leaveBehind(`not ${mark}`);
  await platform.api.projects.create({ name: `by hand beside ${mark}` });
  expect(await listed()).toBe(
    `Nothing on ${platform.endpoint} bears the ownership mark "${mark}" (from main.tf) and is missing from the state of ${terraform.path}.\n`,
  );
  const failing = await orphans(["--fail"], { TERRAFORM_BINARY_NAME: "no-such-terraform" });
  expect(failing.code).toBe(1);
  expect(failing.stderr).toContain(
    "There is no no-such-terraform on the PATH. Install Terraform, or set TERRAFORM_BINARY_NAME",
  );
  expect((await orphans(["--fail"])).code).toBe(0);
});

test("each orphan has an import block that works as it is printed, and nothing is changed", async () => {
  const { lost, web, page } = await leaveBehind();
  const text = await listed();
  expect(text).toContain(`3 on ${platform.endpoint} bear the ownership mark "${mark}" (from main.tf)`);
  const key = `${page.externalIp}:${page.externalPort}/tcp`;
  for (const line of [
    `port forward ${page.id} (${key}, "web service"), made `,
    `instance ${web.id} (web), made `,
    `project ${lost.id} (lost by ${mark}), made `,
    ...[page, web, lost].map(({ id }) => `\n  fairlead orphans ${terraform.path} --delete ${id}\n`),
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toContain("the same line `provider = ...`");
  expect(text).not.toContain("holds nothing of Fairlead");
  expect((await orphans(["--fail"])).code).toBe(3);

  // As a user would: the blocks with names of one's own, and Terraform writes the resources.
  const blocks = text.match(/^ {2}import \{\n(?: {4}.*\n)+ {2}\}$/gm)!;
  expect(blocks).toHaveLength(3);
  const named = blocks.join("\n").replaceAll("NAME", "lost");
  const generated = join(terraform.path, "generated.tf");
  terraform.write(project + named, provider);
  expect(await terraform.succeed("plan", `-generate-config-out=${generated}`)).toContain(
    "3 to import, 0 to add, 0 to change, 0 to destroy",
  );
  writeFileSync(
    generated,
    readFileSync(generated, "utf8").replace(/^(resource .*)$/gm, "$1\n  provider = fairlead"),
  );
  await terraform.succeed("apply", "-auto-approve");
  expect(await terraform.changes()).toBe("");
  expect(await listed()).toMatch(/^Nothing on /);
  expect(await platform.api.portForwards.get(page.id)).toMatchObject({ revision: 1 });
});

test("one orphan is deleted when it is named; nothing else is, whatever is named", async () => {
  const { lost, web, page } = await leaveBehind();
  const theirs = await leaveBehind(`not ${mark}`);
  const held = String(terraform.resource("fairlead_project.lab")!.attributes.id);
  for (const [id, message] of [
    [
      held,
      `the state of ${terraform.path} holds it as fairlead_project.lab. Take that out of the code, and apply.`,
    ],
    [theirs.page.id, `nothing of that id bears the ownership mark "${mark}" (from main.tf)`],
    ["web", `Orphans of this stack: ${page.id} (port forward), ${web.id} (instance), ${lost.id} (project).`],
  ] as const) {
    const text = await refused(["--delete", id]);
    expect(text).toContain(`fairlead: "${id}" is not deleted: `);
    expect(text).toContain(message);
  }
  expect(await refused(["--delete", lost.id])).toContain("project_not_empty");
  for (const [id, name] of [
    [page.id, `port forward ${page.id} (${page.externalIp}:${page.externalPort}/tcp, "web service")`],
    [web.id, `instance ${web.id} (web)`],
    [lost.id, `project ${lost.id} (lost by ${mark})`],
  ] as const) {
    expect(await listed(["--delete", id])).toBe(`Deleted: ${name}.\n`);
  }
  expect(await listed()).toMatch(/^Nothing on /);
  expect(await refused(["--delete", page.id])).toContain("This stack has no orphans.");
  expect((await platform.api.portForwards.list({ projectId: theirs.lost.id })).items).toEqual([theirs.page]);
  expect(await terraform.changes()).toBe("");
});

test("what another workspace's state holds is no orphan", async () => {
  await terraform.succeed("workspace new", "other");
  terraform.write('resource "fairlead_project" "lab" {\n  name = "lab of another workspace"\n}\n', provider);
  await terraform.succeed("apply", "-auto-approve");
  for (const workspace of ["other", "default"]) {
    await terraform.succeed("workspace select", workspace);
    expect(await listed()).toMatch(/^Nothing on /);
  }
  expect(await listed([], { TF_WORKSPACE: "other" })).toMatch(/^Nothing on /);
});

test("the mark is given, else what the state's resources bear; without one, it has to be given", async () => {
  await leaveBehind("elsewhere");
  const { web } = await leaveBehind();
  const given = await listed(["--ownership-id", "elsewhere", "--ownership-id", "it's mine"]);
  expect(given).toContain(
    'the ownership mark "elsewhere" (from --ownership-id) or the ownership mark "it\'s mine"',
  );
  expect(given).toContain("--ownership-id elsewhere --ownership-id 'it'\\''s mine' --delete ");
  expect(given).not.toContain(web.id);

  terraform.write(project, 'variable "mark" {}\nprovider "fairlead" {\n ownership_id = var.mark\n}');
  const text = await listed();
  expect(text).toContain(`the ownership mark "${mark}" (from the resources in the state)`);
  expect(text).toContain(web.id);

  terraform.write(project, provider);
  await terraform.succeed("destroy", "-auto-approve");
  expect(await listed()).toContain("This state holds nothing of Fairlead at all: check that it is the one");
  terraform.write(project);
  expect(await refused()).toMatch(/No ownership mark is known for .*Pass it with --ownership-id <mark>/);
});

test("a cdktf project with one stack, its two providers, and a backend of its own", async () => {
  const app = join(terraform.folder, "app");
  const stack = join(app, "cdktf.out/stacks/dev");
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(app, "cdktf.json"), "{}");
  const configuration = {
    terraform: {
      backend: { local: { path: join(app, "terraform.dev.tfstate") } },
      required_providers: { fairlead: { source: "fairlead.internal/fairlead/fairlead" } },
    },
    provider: {
      fairlead: [{ ownership_id: "dev" }, { alias: "second", ownership_id: "dev/second" }],
    },
    resource: { fairlead_project: { Lab: { name: "dev lab" } } },
  };
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(configuration));
  const inside = (command: string, ...args: string[]) =>
    terraform.succeed(`-chdir=${stack} ${command}`, ...args);
  const ofApp = (...args: string[]) => fairlead(["orphans", app, ...args], { env: terraform.environment });

  expect((await ofApp()).stderr).toMatch(
    /The state of .*cdktf\.out\/stacks\/dev cannot be read\. Run `terraform init` .*\n.*Backend initialization required/,
  );
  await fairlead(["provider", "install", stack], { env: terraform.environment });
  await inside("init");
  await inside("apply", "-auto-approve");
  const { web } = await leaveBehind("dev/second");
  const { stdout } = await ofApp();
  expect(stdout).toContain(
    'bear the ownership mark "dev" (from cdk.tf.json) or the ownership mark "dev/second" (from cdk.tf.json)',
  );
  expect(stdout).toContain(
    `provider = fairlead.second\n    to       = fairlead_instance.NAME\n    id       = "${web.id}"`,
  );
  expect(stdout).not.toContain("dev lab");
});

test("an instance whose create was cut by killing Terraform itself is found", async () => {
  terraform.write(
    `${project}resource "fairlead_instance" "cut" {
  project_id = fairlead_project.lab.id
  name       = "cut"
  image      = "slow"
  flavor     = "small"
}
`,
    provider,
  );
  const apply = terraform.launch("apply", ["-auto-approve"]);
  await eventually(() => apply.output().includes("fairlead_instance.cut: Creating"));
  const mine = async () => (await platform.api.instances.list({ ownershipId: mark })).items;
  await eventually(async () => (await mine()).length === 1);
  apply.signal("SIGKILL");
  await apply.exit;
  expect(terraform.state()).not.toContain("fairlead_instance");
  const [cut] = await mine();
  const text = await listed();
  expect(text).toContain(`instance ${cut!.id} (cut), made `);
  expect(text).toContain(`id       = "${cut!.id}"`);
  expect(await listed(["--delete", cut!.id])).toBe(`Deleted: instance ${cut!.id} (cut).\n`);
  expect(await mine()).toEqual([]);
});
