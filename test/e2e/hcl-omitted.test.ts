import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// Optional arguments, in every way that says "nothing": all of them mean the same, and none is a change for ever.

jest.setTimeout(120_000);

const ways = {
  omitted: "",
  null: "description = null\n labels = null\n %CIDRS = null",
  empty: 'description = ""\n labels = {}\n %CIDRS = []',
};
const of = (way: keyof typeof ways, withCidrs: boolean) =>
  ways[way].replace(/%CIDRS.*/, (line) => (withCidrs ? line.replace("%CIDRS", "allowed_cidrs") : ""));

const configuration = (way: keyof typeof ways) => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
  ${of(way, false)}
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
  ${of(way, false)}
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
  ${of(way, true)}
}
`;

afterEach(cleanUp);

test.each(["omitted", "null", "empty"] as const)(
  "description, labels and allowed_cidrs %s: one apply, and then no plan has a change, in whatever way it is written",
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
