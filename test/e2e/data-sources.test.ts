import type { Instance, PortForward, Project } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// What exists is read, by one thing that is known of it or in lists.

jest.setTimeout(90_000);

let platform: PlatformProcess;
let terraform: TerraformFolder;
let project: Project;
let web: Instance;
let ssh: PortForward;
let dns: PortForward;

beforeAll(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  const { projects, instances, portForwards } = platform.api;
  project = await projects.create({ name: "ai-lab", labels: { team: "ai" } });
  const make = (name: string) =>
    instances.create({ projectId: project.id, name, image: "echo", flavor: "small", labels: { name } });
  web = await make("web");
  await make("twin");
  await make("twin");
  const target = { projectId: project.id, instanceId: web.id };
  ssh = await portForwards.create({
    ...target,
    protocol: "tcp",
    internalPort: 22,
    labels: { tier: "web", of: "ssh" },
  });
  dns = await portForwards.create({ ...target, protocol: "udp", internalPort: 53, labels: { tier: "web" } });
});
afterAll(cleanUp);

const outputs = async () => {
  const json = JSON.parse(await terraform.succeed("output", "-json")) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(json).map(([name, { value }]) => [name, value]));
};

test("single objects and lists, each by what is known of it", async () => {
  await terraform.apply(`
data "fairlead_project" "by_name" {
  name = "ai-lab"
}
data "fairlead_instance" "by_name" {
  project_id = data.fairlead_project.by_name.id
  name       = "web"
}
data "fairlead_instance" "by_id" {
  id = "${web.id}"
}
data "fairlead_port_forward" "by_external" {
  external_port = ${ssh.externalPort}
  protocol      = "tcp"
}
data "fairlead_port_forward" "by_internal" {
  instance_id   = data.fairlead_instance.by_name.id
  internal_port = 53
}
data "fairlead_instances" "twins" {
  project_id = data.fairlead_project.by_name.id
  name       = "twin"
}
data "fairlead_port_forwards" "all" {
  project_id = data.fairlead_project.by_name.id
}
data "fairlead_port_forwards" "labelled" {
  labels = { tier = "web", of = "ssh" }
}
data "fairlead_port_forwards" "udp" {
  instance_id = data.fairlead_instance.by_name.id
  protocol    = "udp"
}
data "fairlead_images" "all" {}
data "fairlead_flavors" "all" {}
output "project" {
  value = data.fairlead_project.by_name
}
output "ids" {
  value = [data.fairlead_instance.by_name.id, data.fairlead_instance.by_id.id]
}
output "ssh" {
  value = data.fairlead_port_forward.by_external
}
output "dns" {
  value = data.fairlead_port_forward.by_internal.socket_address
}
output "twins" {
  value = length(data.fairlead_instances.twins.instances)
}
output "all" {
  value = data.fairlead_port_forwards.all.port_forwards[*].id
}
output "labelled" {
  value = data.fairlead_port_forwards.labelled.port_forwards[*].id
}
output "udp" {
  value = data.fairlead_port_forwards.udp.port_forwards[*].id
}
output "images" {
  value = data.fairlead_images.all.images[*].name
}
output "flavors" {
  value = { for flavor in data.fairlead_flavors.all.flavors : flavor.name => flavor.memory_mib }
}
`);
  expect(await outputs()).toMatchObject({
    project: { id: project.id, labels: { team: "ai" }, external_ips: [platform.externalIp] },
    ids: [web.id, web.id],
    ssh: { id: ssh.id, socket_address: ssh.socketAddress, internal_ip: web.privateIp, port_count: 1 },
    dns: dns.socketAddress,
    twins: 2,
    all: [ssh.id, dns.id],
    labelled: [ssh.id],
    udp: [dns.id],
    images: ["echo", "http-hello"],
    flavors: { small: 512, medium: 2048, large: 8192 },
  });
  expect(await terraform.changes()).toBe("");
});

test.each([
  [
    'data "fairlead_instance" "it" {\n name = "twin"\n}',
    /2 instances have name = "twin"\. Say more, or choose one by its id: ins-/,
  ],
  ['data "fairlead_instance" "it" {\n name = "db"\n}', 'The platform has no instance with name = "db"'],
  ['data "fairlead_project" "it" {}', "Set at least one of id, name."],
  [
    'data "fairlead_port_forward" "it" {\n external_port = 1\n}',
    "has no port forward with external_port = 1",
  ],
])("%s", async (source, message) => {
  terraform.write(source);
  expect(await terraform.fail("plan")).toMatch(message);
});

test("what is made in the same apply is read after it, never before", async () => {
  await terraform.apply(`
resource "fairlead_project" "next" {
  name = "next"
}
data "fairlead_project" "next" {
  name = fairlead_project.next.name
  depends_on = [fairlead_project.next]
}
output "same" {
  value = data.fairlead_project.next.id == fairlead_project.next.id
}
`);
  expect(await outputs()).toEqual({ same: true });
});
