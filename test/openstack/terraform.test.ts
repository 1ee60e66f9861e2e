import { cleanUp } from "../support/clean-up";
import { asAdministrator, contentOf, describeLab, labAccount } from "../support/openstack-lab";
import { TerraformFolder } from "../support/terraform";
import { existingProject, makeForward } from "./existing-project";

afterEach(cleanUp);

const provider = `
provider "fairlead" {
  openstack {
    external_network = "public"
  }
}
`;

describeLab("Terraform on OpenStack", () => {
  test("a member declares forwards to a server that exists; after destroy nothing differs", async () => {
    const project = await existingProject();
    const { id: theirs } = await makeForward(project, { internal_port: 22, external_port: 2222 });
    const admin = await asAdministrator();
    const before = await contentOf(admin, project.projectId);
    const terraform = new TerraformFolder(project.environment);
    await terraform.initialize();
    const configuration = (more: string) => `
data "fairlead_project" "home" {
  name = "home"
}
data "fairlead_instance" "legacy" {
  project_id = data.fairlead_project.home.id
  name       = "legacy"
}
resource "fairlead_port_forward" "web" {
  count         = 3
  project_id    = data.fairlead_project.home.id
  instance_id   = data.fairlead_instance.legacy.id
  protocol      = "tcp"
  internal_port = 8080 + count.index
}
${more}`;
    terraform.write(configuration(""), provider);
    await terraform.succeed("apply", "-auto-approve");
    expect(await terraform.changes()).toBe("");
    expect(terraform.resource("fairlead_port_forward.web")?.attributes).toMatchObject({
      external_ip: project.address.ip,
      internal_ip: project.server.ip,
      status: "active",
    });
    // What was made by hand comes under code by its natural key, without a change.
    terraform.write(
      configuration(`
import {
  to = fairlead_port_forward.ssh
  id = "${project.address.ip}:2222/tcp"
}
resource "fairlead_port_forward" "ssh" {
  project_id    = data.fairlead_project.home.id
  instance_id   = data.fairlead_instance.legacy.id
  protocol      = "tcp"
  internal_port = 22
  external_port = 2222
}`),
      provider,
    );
    expect(await terraform.succeed("apply", "-auto-approve")).toContain(
      "1 imported, 0 added, 0 changed, 0 destroyed",
    );
    expect(terraform.resource("fairlead_port_forward.ssh")?.attributes.id).toBe(theirs);
    await terraform.succeed("state rm", "fairlead_port_forward.ssh");
    terraform.write(configuration(""), provider);
    await terraform.succeed("destroy", "-auto-approve");
    expect(stable(await contentOf(admin, project.projectId))).toEqual(stable(before));
  });

  test("what a cloud cannot do and who may not make projects are found at plan", async () => {
    const { environment } = await labAccount(["member"]);
    const terraform = new TerraformFolder(environment);
    await terraform.initialize();
    terraform.write(`resource "fairlead_project" "lab" {\n  name = "lab"\n}\n`, provider);
    expect(await terraform.fail("plan")).toContain("Use a project that is there");
    terraform.write(
      `resource "fairlead_project" "lab" {\n  name = "lab"\n}\n`,
      `
provider "fairlead" {
  endpoint = "http://127.0.0.1:7878"
  openstack {}
}
`,
    );
    expect(await terraform.fail("plan")).toContain(
      "a provider deploys to one platform. Leave one of them out.",
    );
  });
});

/** Without what Neutron counts and dates by itself when forwards come and go. */
const stable = (content: Readonly<Record<string, readonly object[]>>): unknown =>
  JSON.parse(
    JSON.stringify(content, (key, value: unknown) =>
      ["revision_number", "updated_at", "updated"].includes(key) ? undefined : value,
    ),
  );
