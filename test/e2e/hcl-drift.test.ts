import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";
import { httpBody } from "../support/traffic";

// What happens on the platform behind Terraform's back.

jest.setTimeout(120_000);

const configuration = `
resource "fairlead_project" "lab" {
  name        = "ai-lab"
  description = "for AI"
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
  external_port = 30080
  description   = "web service"
  labels        = { tier = "web" }
  allowed_cidrs = ["127.0.0.0/8"]
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;
const idOf = (address: string) => String(terraform.resource(address)!.attributes.id);

beforeAll(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  await terraform.apply(configuration);
});
afterAll(cleanUp);

const page = "fairlead_port_forward.page";

test("each change of a forward is shown by plan and put back by apply, with the same id and port", async () => {
  const id = idOf(page);
  const before = await platform.api.portForwards.get(id);
  await platform.api.portForwards.update(id, {
    description: "changed by hand",
    labels: { tier: "db", more: "yes" },
    internalPort: 8081,
    allowedCidrs: [],
  });
  const plan = asOneLine(await terraform.changes());
  expect(plan).toContain('description = "changed by hand" -> "web service"');
  expect(plan).toMatch(/labels = \{ - "more" = "yes" -> null ~ "tier" = "db" -> "web" \}/);
  expect(plan).toContain("internal_port = 8081 -> 8080");
  expect(plan).toMatch(/allowed_cidrs = \[ \+ "127\.0\.0\.0\/8", \]/);
  expect(plan).toContain("0 to add, 1 to change, 0 to destroy");
  await terraform.succeed("apply", "-auto-approve");
  expect(await platform.api.portForwards.get(id)).toEqual({ ...before, revision: before.revision + 2 });
});

test("what a forward may do is put back: range, expiry, enabled, protection", async () => {
  await platform.api.portForwards.update(idOf(page), {
    portCount: 3,
    proxyProtocol: true,
    expiresAt: "2999-01-01T00:00:00Z",
    enabled: false,
    deletionProtection: true,
  });
  const plan = asOneLine(await terraform.changes());
  expect(plan).toContain("port_count = 3 -> 1");
  expect(plan).toContain("proxy_protocol = true -> false");
  expect(plan).toContain('expires_at = "2999-01-01T00:00:00Z" -> null');
  expect(plan).toContain("enabled = false -> true");
  expect(plan).toContain("deletion_protection = true -> false");
  expect(plan).toContain('status = "disabled" -> (known after apply)');
  await terraform.succeed("apply", "-auto-approve");
  expect(await platform.api.portForwards.get(idOf(page))).toMatchObject({
    portCount: 1,
    proxyProtocol: false,
    expiresAt: null,
    enabled: true,
    deletionProtection: false,
    status: "active",
  });
  expect(await terraform.changes()).toBe("");
});

test("keys and protection of an instance and quotas of a project are put back", async () => {
  const key = `ssh-ed25519 ${Buffer.alloc(51).toString("base64")} by hand`;
  await platform.api.instances.update(idOf("fairlead_instance.web"), {
    sshKeys: [key],
    deletionProtection: true,
  });
  await platform.api.projects.update(idOf("fairlead_project.lab"), { instanceQuota: 3, portForwardQuota: 9 });
  const plan = asOneLine(await terraform.changes());
  expect(plan).toMatch(/ssh_keys = \[ - "ssh-ed25519 [^"]*", \]/);
  expect(plan).toContain("deletion_protection = true -> false");
  expect(plan).toContain("instance_quota = 3 -> null");
  expect(plan).toContain("port_forward_quota = 9 -> null");
  await terraform.succeed("apply", "-auto-approve");
  expect(await terraform.changes()).toBe("");
  expect(await platform.api.projects.get(idOf("fairlead_project.lab"))).toMatchObject({
    instanceQuota: null,
    portForwardQuota: null,
  });
});

test("another external port is put back, too", async () => {
  await platform.api.portForwards.update(idOf(page), { externalPort: 30081 });
  expect(await terraform.changes()).toMatch(/external_port\s+= 30081 -> 30080/);
  await terraform.succeed("apply", "-auto-approve");
  expect(await httpBody(`${platform.externalIp}:30080`)).toContain("hello from web");
});

test("changes of an instance and of a project are put back in place", async () => {
  const ids = { web: idOf("fairlead_instance.web"), lab: idOf("fairlead_project.lab") };
  await platform.api.instances.update(ids.web, { name: "renamed", flavor: "large", labels: { by: "hand" } });
  await platform.api.projects.update(ids.lab, { name: "renamed-lab", description: "" });
  const plan = await terraform.changes();
  expect(plan).toMatch(/name\s+= "renamed" -> "web"/);
  expect(plan).toMatch(/flavor\s+= "large" -> "small"/);
  expect(plan).toMatch(/"by" = "hand" -> null/);
  expect(plan).toMatch(/name\s+= "renamed-lab" -> "ai-lab"/);
  expect(plan).toMatch(/description\s+= "" -> "for AI"|\+ description\s+= "for AI"/);
  expect(plan).toContain("0 to add, 2 to change, 0 to destroy");
  await terraform.succeed("apply", "-auto-approve");
  expect(await platform.api.instances.get(ids.web)).toMatchObject({
    name: "web",
    flavor: "small",
    labels: {},
  });
  expect(await platform.api.projects.get(ids.lab)).toMatchObject({ name: "ai-lab", description: "for AI" });
});

test("a forward that was deleted is planned anew", async () => {
  const id = idOf(page);
  await platform.api.portForwards.delete(id);
  const plan = await terraform.changes();
  expect(plan).toContain("fairlead_port_forward.page will be created");
  expect(plan).toContain("1 to add, 0 to change, 0 to destroy");
  await terraform.succeed("apply", "-auto-approve");
  expect(idOf(page)).not.toBe(id);
  expect(await httpBody(`${platform.externalIp}:30080`)).toContain("hello from web");
});

test("an instance that was deleted is planned anew, and its detached forward is attached to it in place", async () => {
  const forward = idOf(page);
  const old = idOf("fairlead_instance.web");
  await platform.api.instances.delete(old);
  const plan = asOneLine(await terraform.changes());
  expect(plan).toContain("fairlead_instance.web will be created");
  expect(plan).toMatch(
    /\+ instance_id = \(known after apply\)|instance_id = "[^"]*" -> \(known after apply\)/,
  );
  expect(plan).toContain('status = "detached" -> (known after apply)');
  expect(plan).toContain("1 to add, 1 to change, 0 to destroy");
  await terraform.succeed("apply", "-auto-approve");
  expect(idOf(page)).toBe(forward);
  expect(await platform.api.portForwards.get(forward)).toMatchObject({
    status: "active",
    externalPort: 30080,
  });
  expect(await terraform.changes()).toBe("");
});

test("destroy copes with what is gone already", async () => {
  await platform.api.portForwards.delete(idOf(page));
  expect(await terraform.succeed("destroy", "-auto-approve")).toContain("2 destroyed");
  expect((await platform.api.projects.list()).items).toEqual([]);
});
