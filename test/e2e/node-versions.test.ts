import { cleanUp } from "../support/clean-up";
import { run, succeeded } from "../support/command";
import { installNode, type NodeRelease } from "../support/npm";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";
import { httpBody } from "../support/traffic";

// Platform and provider on the Node releases that are not this one.

jest.setTimeout(180_000);

const configuration = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
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
}
`;

afterEach(cleanUp);

test.each([22, 24])(
  "on Node %i the platform runs and the provider applies, plans and destroys",
  async (major) => {
    const { node, path }: NodeRelease = await installNode(major);
    const version = await succeeded(run(["node", "--version"], { env: { PATH: path } }));
    expect(version.stdout).toMatch(new RegExp(`^v${major}\\.`));
    const platform = await startPlatformProcess({ node });
    const terraform = new TerraformFolder({ ...platform.settings, PATH: path });
    await terraform.initialize();
    expect(await terraform.apply(configuration)).toContain("3 added");
    const { socket_address } = terraform.resource("fairlead_port_forward.page")!.attributes;
    expect(await httpBody(String(socket_address))).toContain("hello from web");
    expect(await terraform.changes()).toBe("");
    await terraform.succeed("destroy", "-auto-approve");
    expect((await platform.api.projects.list()).items).toEqual([]);
    expect(await platform.stop()).toBe(0);
    expect(platform.launched.output()).not.toMatch(/warning|deprecat/i);
  },
);
