import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// Two checkouts of one stack, each with a state of its own: neither takes what the other has made.

jest.setTimeout(120_000);

const provider = 'provider "fairlead" {\n ownership_id = "ai/lab"\n}';
const stack = (external: number) => `
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
  external_port = ${external}
}
`;

let platform: PlatformProcess;
let one: TerraformFolder;
let other: TerraformFolder;

async function checkout(configuration: string): Promise<TerraformFolder> {
  const terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  terraform.write(configuration, provider);
  return terraform;
}

beforeAll(async () => {
  platform = await startPlatformProcess();
  one = await checkout(stack(30080));
  await one.succeed("apply", "-auto-approve");
  other = await checkout(stack(30080));
});
afterAll(cleanUp);

test("what is made bears the mark, in the state and on the platform", async () => {
  expect(one.resource("fairlead_port_forward.page")!.attributes.ownership_id).toBe("ai/lab");
  expect((await platform.api.instances.list({ ownershipId: "ai/lab" })).items).toHaveLength(1);
  expect((await platform.api.projects.list({ ownershipId: "ai/other" })).items).toEqual([]);
  expect(await one.changes()).toBe("");
});

test("a create that meets an object says whose mark it bears, and gives the import block", async () => {
  const text = await other.fail("apply", "-auto-approve");
  expect(text).toContain("Project name taken");
  expect(text).toContain("bears the ownership mark ai/lab");
  expect(text).toMatch(/import \{ to = fairlead_project\.NAME id = "ai-lab" \}/);
});

test("a destroy of one checkout removes nothing of the other", async () => {
  await other.succeed("destroy", "-auto-approve");
  expect(await one.changes()).toBe("");
  expect((await platform.api.portForwards.list()).items).toHaveLength(1);
});
