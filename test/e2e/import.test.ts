import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Instance, PortForward, Project } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";

// What somebody has made by hand is brought under code, by the names that people use.

jest.setTimeout(120_000);

let platform: PlatformProcess;
let terraform: TerraformFolder;
let project: Project;
let web: Instance;
let range: PortForward;
let ssh: PortForward;

beforeAll(async () => {
  platform = await startPlatformProcess();
  const { projects, instances, portForwards } = platform.api;
  project = await projects.create({ name: "by hand", labels: { team: "ai" }, instanceQuota: 9 });
  web = await instances.create({
    projectId: project.id,
    name: "web",
    image: "http-hello",
    flavor: "small",
    description: "made in the console",
  });
  const target = { projectId: project.id, instanceId: web.id, protocol: "tcp" as const };
  ssh = await portForwards.create({ ...target, internalPort: 2222, description: "ssh service" });
  range = await portForwards.create({
    ...target,
    internalPort: 6000,
    externalPort: 26000,
    portCount: 11,
    allowedCidrs: ["198.51.100.0/24"],
    expiresAt: "2999-01-01T00:00:00+09:00",
    enabled: false,
    labels: { tier: "web" },
  });
});
afterAll(cleanUp);
beforeEach(async () => {
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});

const imports = (ids: { project: string; web: string; ssh: string; range: string }) => `
import {
  to       = fairlead_project.lab
  id       = "${ids.project}"
  provider = fairlead
}
import {
  to       = fairlead_instance.web
  id       = "${ids.web}"
  provider = fairlead
}
import {
  to       = fairlead_port_forward.ssh
  id       = "${ids.ssh}"
  provider = fairlead
}
import {
  to       = fairlead_port_forward.range
  id       = "${ids.range}"
  provider = fairlead
}
`;

const keyOf = (forward: PortForward, ports: string) => `${forward.externalIp}:${ports}/${forward.protocol}`;

test.each([
  ["id", () => ({ project: project.id, web: web.id, ssh: ssh.id, range: range.id })],
  [
    "natural key",
    () => ({
      project: "by hand",
      web: "by hand/web",
      ssh: keyOf(ssh, String(ssh.externalPort)),
      range: keyOf(range, "26000-26010"),
    }),
  ],
  [
    "natural key below the project",
    () => ({
      project: "by hand",
      web: `${project.id}/web`,
      ssh: `by hand/${keyOf(ssh, String(ssh.externalPort))}`,
      range: `${project.id}/${keyOf(range, "26000-26010")}`,
    }),
  ],
])(
  "by %s: the generated configuration has an empty plan, and nothing is changed on the platform",
  async (_, ids) => {
    terraform.write(imports(ids()));
    const generated = join(terraform.path, "generated.tf");
    const plan = await terraform.succeed("plan", `-generate-config-out=${generated}`);
    expect(plan).toContain("4 to import, 0 to add, 0 to change, 0 to destroy");
    // Terraform wants `provider` in both blocks or in none.
    writeFileSync(
      generated,
      readFileSync(generated, "utf8").replace(/^(resource .*)$/gm, "$1\n  provider = fairlead"),
    );
    expect(await terraform.succeed("apply", "-auto-approve")).toContain(
      "4 imported, 0 added, 0 changed, 0 destroyed",
    );
    expect(await terraform.changes()).toBe("");
    terraform.write("");
    expect(await terraform.changes()).toBe("");
    expect(await platform.api.portForwards.get(range.id)).toEqual(range);
    expect(await platform.api.instances.get(web.id)).toEqual(web);
    expect(await platform.api.projects.get(project.id)).toEqual(project);
  },
);

test("the command takes the same keys", async () => {
  terraform.write(`
resource "fairlead_port_forward" "ssh" {
  project_id    = "${project.id}"
  instance_id   = "${web.id}"
  protocol      = "tcp"
  internal_port = 2222
  description   = "ssh service"
}
`);
  await terraform.succeed(
    "import",
    "fairlead_port_forward.ssh",
    `by hand/${keyOf(ssh, String(ssh.externalPort))}`,
  );
  expect(await terraform.changes()).toBe("");
});

test("an ambiguous key lists the candidates", async () => {
  const twin = await platform.api.instances.create({
    projectId: project.id,
    name: "web",
    image: "echo",
    flavor: "small",
    description: "the other one",
  });
  terraform.write(`
resource "fairlead_instance" "web" {
  project_id = "${project.id}"
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
}
`);
  const text = await terraform.fail("import", "fairlead_instance.web", "by hand/web");
  expect(text).toContain("More than one instance is meant");
  for (const part of [web.id, "made in the console", twin.id, "the other one"]) expect(text).toContain(part);
  await platform.api.instances.delete(twin.id);
});

test.each([
  ["fairlead_project", "no such", 'has no project "no such". A project is imported by its id or its name'],
  [
    "fairlead_instance",
    "by hand/db",
    'has no instance "by hand/db". A instance is imported by its id or "project/name"',
  ],
  [
    "fairlead_port_forward",
    "127.0.0.1:1/tcp",
    'has no port forward "127.0.0.1:1/tcp". A port forward is imported by its id or its key',
  ],
])("%s: a key of nothing says so, and which keys there are", async (type, key, message) => {
  terraform.write(`
import {
  to       = ${type}.it
  id       = "${key}"
  provider = fairlead
}
`);
  rmSync(join(terraform.path, "generated.tf"), { force: true });
  const text = await terraform.fail("plan", `-generate-config-out=${join(terraform.path, "generated.tf")}`);
  expect(text.replace("An instance", "A instance")).toContain(message);
  expect(text).toContain("Code: not_found.");
});

test("an import never leads to a deletion: a difference that would replace the object is refused", async () => {
  const resource = (image: string) => `
import {
  to = fairlead_instance.web
  id = "by hand/web"
}
resource "fairlead_instance" "web" {
  project_id  = "${project.id}"
  name        = "web"
  image       = "${image}"
  flavor      = "small"
  description = "made in the console"
}
`;
  terraform.write(resource("echo"));
  const text = await terraform.fail("plan");
  expect(text).toContain("An import would delete what it imports");
  expect(text).toContain('image is "http-hello" on the platform and "echo" in the configuration');
  expect(text).toContain('Write image = "http-hello"');
  terraform.write(resource("http-hello"));
  expect(await terraform.succeed("apply", "-auto-approve")).toContain(
    "1 imported, 0 added, 0 changed, 0 destroyed",
  );
  // Later it is a change like any other, which the plan shows.
  terraform.write(resource("echo"));
  expect(asOneLine(await terraform.changes())).toContain("1 to add, 0 to change, 1 to destroy");
});

test("user data of an imported instance is not known, so a version of it is only noted", async () => {
  terraform.write(`
import {
  to = fairlead_instance.web
  id = "by hand/web"
}
resource "fairlead_instance" "web" {
  project_id           = "${project.id}"
  name                 = "web"
  image                = "http-hello"
  flavor               = "small"
  description          = "made in the console"
  user_data_wo         = "#cloud-config"
  user_data_wo_version = "1"
}
`);
  expect(await terraform.succeed("apply", "-auto-approve")).toContain(
    "1 imported, 0 added, 1 changed, 0 destroyed",
  );
  expect(await terraform.changes()).toBe("");
  expect((await platform.api.instances.get(web.id)).id).toBe(web.id);
});
