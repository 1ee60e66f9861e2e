import { cleanUp } from "../support/clean-up";
import { freshAddress } from "../support/embedded";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";
import { tcpExchange } from "../support/traffic";

// Everything that may change in place does, in one request; what replaces says why; what fails keeps the state.

jest.setTimeout(120_000);

const key = `ssh-ed25519 ${Buffer.alloc(51, 7).toString("base64")} me@example.com`;
const common = `
resource "fairlead_project" "other" {
  name = "other"
}
`;
const first = `${common}
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_instance" "twin" {
  project_id = fairlead_project.lab.id
  name       = "twin"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "udp"
  internal_port = 7000
}
`;
const second = `${common}
resource "fairlead_project" "lab" {
  name               = "ai-lab-2"
  description        = "for AI"
  labels             = { team = "ai" }
  instance_quota     = 5
  port_forward_quota = 50
}
resource "fairlead_instance" "web" {
  project_id          = fairlead_project.lab.id
  name                = "web-2"
  description         = "page"
  labels              = { tier = "web" }
  image               = "echo"
  flavor              = "medium"
  ssh_keys            = ["${key}"]
  deletion_protection = true
}
resource "fairlead_instance" "twin" {
  project_id = fairlead_project.lab.id
  name       = "twin"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_port_forward" "page" {
  project_id          = fairlead_project.lab.id
  instance_id         = fairlead_instance.twin.id
  protocol            = "tcp"
  internal_port       = 7007
  port_count          = 2
  external_port       = 30107
  external_ip         = "%OTHER"
  description         = "echo service"
  labels              = { tier = "echo" }
  allowed_cidrs       = ["127.0.0.0/8"]
  proxy_protocol      = true
  expires_at          = "2999-12-31T00:00:00+09:00"
  enabled             = true
  deletion_protection = true
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;
let other: string;

beforeAll(async () => {
  other = freshAddress();
  platform = await startPlatformProcess({ args: ["--external-ip", other] });
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  await terraform.apply(first);
});
afterAll(cleanUp);

const attributes = (address: string) => terraform.resource(address)!.attributes;
const page = "fairlead_port_forward.page";

test("every attribute that may change does so in place, in one request for each object", async () => {
  const before = ["fairlead_project.lab", "fairlead_instance.web", page].map(
    (address) => attributes(address).id,
  );
  const output = await terraform.apply(second.replace("%OTHER", other));
  expect(output).toContain("0 added, 3 changed, 0 destroyed");
  const after = ["fairlead_project.lab", "fairlead_instance.web", page].map(
    (address) => attributes(address).id,
  );
  expect(after).toEqual(before);
  const { projects, instances, portForwards } = platform.api;
  expect(await projects.get(String(after[0]))).toMatchObject({
    revision: 2,
    name: "ai-lab-2",
    instanceQuota: 5,
    portForwardQuota: 50,
  });
  expect(await instances.get(String(after[1]))).toMatchObject({
    revision: 2,
    name: "web-2",
    flavor: "medium",
    sshKeys: [key],
    deletionProtection: true,
  });
  expect(await portForwards.get(String(after[2]))).toMatchObject({
    revision: 2,
    protocol: "tcp",
    internalPort: 7007,
    portCount: 2,
    externalPort: 30107,
    externalIp: other,
    proxyProtocol: true,
    expiresAt: "2999-12-31T00:00:00+09:00",
    enabled: true,
    deletionProtection: true,
  });
  expect(attributes(page).socket_address).toBe(`${other}:30107`);
  expect(await tcpExchange(`${other}:30107`, "ahoy", 4)).toMatch(/^\r\n\r\n\0\r\nQUIT\n.{16}ahoy$/s);
  expect(await terraform.changes()).toBe("");
});

test("back again, every one of them", async () => {
  await terraform.apply(first);
  expect(await terraform.changes()).toBe("");
  expect(attributes(page)).toMatchObject({
    protocol: "udp",
    port_count: 1,
    expires_at: null,
    external_port: 30107,
  });
});

test.each([
  ["image", first.replace('"web"\n  image      = "echo"', '"web"\n  image      = "http-hello"')],
  ["project_id", first.replace(/(page" \{\n {2}project_id {4}= fairlead_project\.)lab/, "$1other")],
  [
    "user_data_wo_version",
    first.replace(
      '"web"\n  image',
      '"web"\n  user_data_wo = "#!/bin/sh"\n  user_data_wo_version = "1"\n  image',
    ),
  ],
])("another %s makes a new object, and the plan says that it is the reason", async (attribute, changed) => {
  terraform.write(changed);
  const plan = await terraform.changes();
  expect(plan).toMatch(new RegExp(`${attribute}\\b.*# forces replacement`));
});

test("a failed update keeps the state, and the next plan still has it", async () => {
  const holder = await platform.api.portForwards.create({
    projectId: String(attributes("fairlead_project.lab").id),
    instanceId: String(attributes("fairlead_instance.twin").id),
    protocol: "udp",
    internalPort: 7099,
    externalIp: other,
    externalPort: 30299,
  });
  const before = attributes(page);
  terraform.write(first.replace("= 7000", "= 7000\n  external_port = 30299"));
  const text = await terraform.fail("apply", "-auto-approve");
  expect(text).toContain("External port taken");
  expect(attributes(page)).toEqual(before);
  await platform.api.portForwards.delete(holder.id);
  await terraform.succeed("apply", "-auto-approve");
  expect(attributes(page)).toMatchObject({ id: before.id, external_port: 30299 });
  await terraform.apply(first);
});

test("moved blocks and `state mv` rename what is there, and change nothing", async () => {
  const renamed = `${first.replace('"fairlead_port_forward" "page"', '"fairlead_port_forward" "echo"')}
moved {
  from = fairlead_port_forward.page
  to   = fairlead_port_forward.echo
}
`;
  terraform.write(renamed);
  const plan = asOneLine(await terraform.changes());
  expect(plan).toContain("fairlead_port_forward.page has moved to fairlead_port_forward.echo");
  expect(plan).toContain("0 to add, 0 to change, 0 to destroy");
  await terraform.succeed("apply", "-auto-approve");
  await terraform.succeed("state mv", "fairlead_port_forward.echo", page);
  terraform.write(first);
  expect(await terraform.changes()).toBe("");
});
