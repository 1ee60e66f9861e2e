import type { PortForward } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";
import { httpBody, tcpExchange, udpExchange } from "../support/traffic";

// A plain Terraform configuration, from the first init to destroy; each test goes on where the last one ended.

jest.setTimeout(120_000);

/** What one writes; a test changes a part of it. */
const written = {
  web: 'name = "web"\n image = "http-hello"\n flavor = "small"',
  page: 'instance_id = fairlead_instance.web.id\n protocol = "tcp"\n internal_port = 8080',
  allowed: '["127.0.0.0/8", "2001:db8::/32"]',
  labels: 'labels = { tier = "web", team = "ai" }',
  description: 'description = "web service"',
};

const configuration = (parts: Partial<typeof written> = {}) => {
  const { web, page, allowed, labels, description } = { ...written, ...parts };
  return `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  ${web}
}
resource "fairlead_instance" "echo" {
  project_id = fairlead_project.lab.id
  name       = "echo"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_port_forward" "page" {
  project_id = fairlead_project.lab.id
  ${page}
  ${description}
  ${labels}
}
resource "fairlead_port_forward" "chosen" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.echo.id
  protocol      = "tcp"
  internal_port = 7007
  external_port = 30022
  allowed_cidrs = ${allowed}
}
resource "fairlead_port_forward" "datagrams" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.echo.id
  protocol      = "udp"
  internal_port = 7007
}
output "page" {
  value = fairlead_port_forward.page.socket_address
}
`;
};

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeAll(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
});
afterAll(cleanUp);

const forwardOf = (name: string) =>
  terraform.resource(`fairlead_port_forward.${name}`)!.attributes as {
    id: string;
    external_port: number;
    socket_address: string;
  };
const onPlatform = async (name: string): Promise<PortForward> =>
  platform.api.portForwards.get(forwardOf(name).id);

/** Applies a change, which has to keep the id and the port of `page`, and to leave nothing more to do. */
async function applyInPlace(parts: Partial<typeof written>): Promise<PortForward> {
  const { id, external_port } = forwardOf("page");
  expect(await terraform.apply(configuration(parts))).toContain("0 added, 1 changed, 0 destroyed");
  expect(forwardOf("page")).toMatchObject({ id, external_port });
  expect(await terraform.changes()).toBe("");
  return onPlatform("page");
}

test("after `fairlead provider install`, init finds the provider, and keeps to its lock entry", async () => {
  const { stdout } = await terraform.installProvider();
  expect(stdout).toContain("Then run: terraform init");
  // What it prints is what a configuration has to say.
  const block = stdout.slice(stdout.indexOf("  terraform {"), stdout.indexOf("Then run"));
  terraform.write("");
  expect(await terraform.succeed("init", "-lockfile=readonly")).toContain("successfully initialized");
  expect(await terraform.succeed("init")).toContain("successfully initialized");
  for (const line of ['source  = "fairlead.internal/fairlead/fairlead"', "required_providers"]) {
    expect(block).toContain(line);
  }
});

test("apply makes a project, instances and forwards that carry traffic", async () => {
  expect(await terraform.apply(configuration())).toContain("6 added, 0 changed, 0 destroyed");
  const page = forwardOf("page");
  expect(page.socket_address).toBe(`${platform.externalIp}:${page.external_port}`);
  expect(await httpBody(page.socket_address)).toContain("hello from web");
  expect(await tcpExchange(`${platform.externalIp}:30022`, "ahoy", 4)).toBe("ahoy");
  expect(await udpExchange(forwardOf("datagrams").socket_address, "ahoy")).toBe("ahoy");
  expect(await onPlatform("page")).toMatchObject({
    description: "web service",
    labels: { tier: "web", team: "ai" },
    status: "active",
  });
  expect(await terraform.succeed("output", "-raw", "page")).toBe(page.socket_address);
});

test("a second plan has nothing to change, also when allowed sources are written in another order", async () => {
  expect(await terraform.changes()).toBe("");
  terraform.write(configuration({ allowed: '["2001:db8::/32", "127.0.0.0/8"]' }));
  expect(await terraform.changes()).toBe("");
});

test("only allowed sources get through", async () => {
  await terraform.apply(configuration({ allowed: '["127.9.9.0/24"]' }));
  await expect(httpBody(`${platform.externalIp}:30022`, "127.9.8.9")).rejects.toThrow();
  await terraform.apply(configuration());
  expect(await terraform.changes()).toBe("");
});

test("internal port, description and labels change in place", async () => {
  const page = written.page.replace("8080", "8081");
  await applyInPlace({ page });
  expect(await httpBody(forwardOf("page").socket_address)).toContain(":8081");
  const described = { page, description: 'description = "the web service"' };
  expect((await applyInPlace(described)).description).toBe("the web service");
  expect((await applyInPlace({ ...described, labels: "labels = {}" })).labels).toEqual({});
  await applyInPlace({ ...described, labels: 'labels = { tier = "db" }' });
  expect((await applyInPlace({ ...described, labels: "" })).labels).toEqual({});
  expect((await applyInPlace({ page, labels: "", description: "" })).description).toBe("");
});

test("a forward is given another instance in place, and another external port", async () => {
  const page = written.page.replace("instance.web", "instance.echo").replace("8080", "7008");
  await applyInPlace({ page });
  expect((await onPlatform("page")).instanceId).toBe(
    terraform.resource("fairlead_instance.echo")!.attributes.id,
  );
  const { id } = forwardOf("page");
  await terraform.apply(configuration({ page: `${written.page}\n external_port = 30080` }));
  expect(forwardOf("page")).toMatchObject({ id, external_port: 30080 });
  expect(await httpBody(`${platform.externalIp}:30080`)).toContain("hello from web");
  // Leaving the port out again keeps it.
  await terraform.apply(configuration());
  expect(forwardOf("page")).toMatchObject({ id, external_port: 30080 });
  expect(await terraform.changes()).toBe("");
});

test("another image makes another instance; made before the old one goes, its forwards move over", async () => {
  const before = forwardOf("page");
  const web = `${written.web.replace("http-hello", "echo")}\n lifecycle { create_before_destroy = true }`;
  const page = written.page.replace("8080", "7007");
  expect(await terraform.apply(configuration({ web, page }))).toContain("1 added, 1 changed, 1 destroyed");
  expect(forwardOf("page")).toMatchObject({ id: before.id, external_port: before.external_port });
  expect(await tcpExchange(before.socket_address, "ahoy", 4)).toBe("ahoy");
  expect(await terraform.changes()).toBe("");
});

test("destroyed before the new one is made, its forwards are detached, and attached again in the same apply", async () => {
  await terraform.apply(
    configuration({
      web: written.web.replace("http-hello", "echo"),
      page: written.page.replace("8080", "7007"),
    }),
  );
  const before = forwardOf("page");
  const destroyed = terraform.resource("fairlead_instance.web")!.attributes.id;
  expect(await terraform.apply(configuration())).toContain("1 added, 1 changed, 1 destroyed");
  const after = await onPlatform("page");
  expect(after).toMatchObject({ id: before.id, externalPort: before.external_port, status: "active" });
  expect(after.instanceId).not.toBe(destroyed);
  expect(await httpBody(before.socket_address)).toContain("hello from web");
  expect(await terraform.changes()).toBe("");
});

test("what was made is imported by id, and then there is nothing to change", async () => {
  const addresses = ["fairlead_project.lab", "fairlead_instance.web", "fairlead_port_forward.chosen"];
  const ids = addresses.map(
    (address) => [address, String(terraform.resource(address)!.attributes.id)] as const,
  );
  for (const [address, id] of ids) {
    await terraform.succeed("state rm", address);
    expect(await terraform.succeed("import", address, id)).toContain("Import successful!");
  }
  expect(await terraform.changes()).toBe("");
  await terraform.succeed("state rm", "fairlead_project.lab");
  const missing = await terraform.fail("import", "fairlead_project.lab", "prj-nothing");
  expect(missing).toContain('The platform has no project "prj-nothing"');
  await terraform.succeed("import", ...ids[0]!);
});

test("destroy leaves no row, no process and no file", async () => {
  await terraform.succeed("destroy", "-auto-approve");
  for (const name of ["projects", "instances", "portForwards"] as const) {
    expect((await platform.api[name].list()).items).toEqual([]);
  }
  expect(terraform.processes()).toEqual([]);
  expect(terraform.leftOvers()).toEqual([]);
});
