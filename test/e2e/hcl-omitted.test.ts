import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// Optional arguments, in every way that says "nothing": all of them mean the same, and none is a change for ever.

jest.setTimeout(120_000);

const common = {
  omitted: "",
  null: "description = null\n labels = null",
  empty: 'description = ""\n labels = {}',
};
type Way = keyof typeof common;
const ofProject: Record<Way, string> = {
  omitted: "",
  null: "instance_quota = null\n port_forward_quota = null",
  empty: "instance_quota = null",
};
const ofInstance: Record<Way, string> = {
  omitted: "",
  null: "ssh_keys = null\n deletion_protection = null\n user_data_wo = null\n user_data_wo_version = null",
  empty: "ssh_keys = []\n deletion_protection = false",
};
const ofForward: Record<Way, string> = {
  omitted: "",
  null: "allowed_cidrs = null\n port_count = null\n external_port = null\n external_ip = null\n proxy_protocol = null\n expires_at = null\n enabled = null\n deletion_protection = null",
  empty:
    "allowed_cidrs = []\n port_count = 1\n proxy_protocol = false\n enabled = true\n deletion_protection = false",
};

const configuration = (way: Way) => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
  ${common[way]}
  ${ofProject[way]}
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
  ${common[way]}
  ${ofInstance[way]}
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
  ${common[way]}
  ${ofForward[way]}
}
`;

afterEach(cleanUp);

test.each(["omitted", "null", "empty"] as const)(
  "every optional argument %s: one apply, and then no plan has a change, in whatever way it is written",
  async (first) => {
    const platform = await startPlatformProcess();
    const terraform = new TerraformFolder(platform.settings);
    await terraform.initialize();
    await terraform.apply(configuration(first));
    for (const way of ["omitted", "null", "empty"] as const) {
      terraform.write(configuration(way));
      expect(await terraform.changes()).toBe("");
    }
    expect((await platform.api.portForwards.list()).items).toMatchObject([
      { description: "", labels: {}, allowedCidrs: [] },
    ]);
    await terraform.succeed("destroy", "-auto-approve");
  },
);

test("a value that is only known after apply is no different", async () => {
  const platform = await startPlatformProcess();
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  const unknown = `
resource "terraform_data" "nothing" { input = "" }
${configuration("omitted").replace("internal_port = 8080", 'internal_port = 8080\n description = terraform_data.nothing.output\n labels = terraform_data.nothing.output == "" ? {} : { a = "b" }')}`;
  await terraform.apply(unknown);
  expect(await terraform.changes()).toBe("");
  await terraform.succeed("destroy", "-auto-approve");
});
