import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually } from "../support/processes";
import { TerraformFolder } from "../support/terraform";

// A plan is saved, the world goes on, and the plan is applied.

jest.setTimeout(120_000);

const slow = `setTimeout(() => require("node:net").createServer().listen(8080, process.env.FAIRLEAD_PRIVATE_IP), 3000)`;
const config = {
  images: { slow: { description: "slow", command: [process.execPath, "-e", slow], ready: { tcp: 8080 } } },
};
const project = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
`;
const forwardTo = (port: number, more = "") => `${project}
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
  internal_port = ${port}
  ${more}
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeEach(async () => {
  platform = await startPlatformProcess({ config });
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});
afterEach(cleanUp);

const page = () =>
  platform.api.portForwards.get(String(terraform.resource("fairlead_port_forward.page")!.attributes.id));

test("what has changed since is named, and nothing of the object is touched", async () => {
  await terraform.apply(forwardTo(8080));
  terraform.write(forwardTo(8081));
  await terraform.succeed("plan", "-out=saved");
  const { id } = await page();
  await platform.api.portForwards.update(id, { description: "in use by the night shift", enabled: false });
  const before = await page();
  const text = await terraform.fail("apply", "saved");
  expect(text).toContain("Changed in the meantime");
  expect(text).toContain('description was "" and is "in use by the night shift"');
  expect(text).toContain("enabled was true and is false");
  expect(text).toContain("Nothing of it was touched.");
  expect(text).toContain("Code: revision_mismatch.");
  expect(await page()).toEqual(before);
});

test("a deletion, too", async () => {
  await terraform.apply(forwardTo(8080));
  terraform.write(project);
  await terraform.succeed("plan", "-out=saved");
  const { id } = await page();
  await platform.api.portForwards.update(id, { internalPort: 8081 });
  expect(await terraform.fail("apply", "saved")).toContain("internal_port was 8080 and is 8081");
  expect((await platform.api.portForwards.get(id)).internalPort).toBe(8081);
});

test("changed and changed back is no change", async () => {
  await terraform.apply(forwardTo(8080));
  terraform.write(forwardTo(8081));
  await terraform.succeed("plan", "-out=saved");
  const { id } = await page();
  await platform.api.portForwards.update(id, { description: "x" });
  await platform.api.portForwards.update(id, { description: "" });
  await terraform.succeed("apply", "saved");
  expect((await page()).internalPort).toBe(8081);
});

test("applying the same plan again finds what the first apply has made before it was killed", async () => {
  const identified = 'provider "fairlead" {\n plan_id = plantimestamp()\n}';
  terraform.write(project, identified);
  await terraform.succeed("apply", "-auto-approve");
  const twins = `${project}
resource "fairlead_instance" "slow" {
  count      = 2
  project_id = fairlead_project.lab.id
  name       = "slow"
  image      = "slow"
  flavor     = "small"
}
`;
  terraform.write(twins, identified);
  await terraform.succeed("plan", "-out=saved");
  const apply = terraform.launch("apply", ["saved"]);
  const instances = async () => (await platform.api.instances.list()).items;
  await eventually(async () => (await instances()).length === 2, 20_000);
  apply.signal("SIGKILL");
  await apply.exit;
  const made = (await instances()).map(({ id }) => id).sort();
  expect(terraform.state()).not.toContain('"slow"');
  expect(await terraform.succeed("apply", "saved")).toContain("2 added");
  expect((await instances()).map(({ id }) => id).sort()).toEqual(made);
  for (const id of made) expect(terraform.state()).toContain(id);
  expect(await terraform.changes()).toBe("");
});

test("a new plan makes new objects: nothing is taken over without its key", async () => {
  await terraform.apply(forwardTo(8080));
  const copy = new TerraformFolder(platform.settings);
  await copy.initialize();
  copy.write(
    forwardTo(8080).replace('"ai-lab"', '"ai-lab-2"'),
    'provider "fairlead" {\n plan_id = plantimestamp()\n}',
  );
  expect(await copy.succeed("apply", "-auto-approve")).toContain("3 added");
  expect((await platform.api.instances.list()).items).toHaveLength(2);
});
