import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";

// Labels that the provider gives to everything, beside an object's own.

jest.setTimeout(90_000);

let platform: PlatformProcess;
let terraform: TerraformFolder;
let labels = "";
let defaults = "";

const write = () =>
  terraform.write(
    `resource "fairlead_project" "lab" {\n name = "ai-lab"\n ${labels}\n}`,
    `provider "fairlead" {\n ${defaults}\n}`,
  );
const lab = () => terraform.resource("fairlead_project.lab")!.attributes;
const onPlatform = async () => (await platform.api.projects.get(String(lab().id))).labels;

async function apply(own: string, provided: string, expected: RegExp): Promise<void> {
  labels = own;
  defaults = provided;
  write();
  expect(await terraform.succeed("apply", "-auto-approve")).toMatch(expected);
  expect(await terraform.changes()).toBe("");
}

beforeAll(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});
afterAll(cleanUp);

test("the provider's labels are merged in, the object's own win, and both show", async () => {
  await apply('labels = { tier = "web" }', 'default_labels = { team = "ai", tier = "none" }', /1 added/);
  expect(lab()).toMatchObject({ labels: { tier: "web" }, effective_labels: { team: "ai", tier: "web" } });
  expect(await onPlatform()).toEqual({ team: "ai", tier: "web" });
});

test("a change of the provider's labels changes every object in place", async () => {
  await apply(
    'labels = { tier = "web" }',
    'default_labels = { team = "ml" }',
    /0 added, 1 changed, 0 destroyed/,
  );
  expect(await onPlatform()).toEqual({ team: "ml", tier: "web" });
});

test("an own label that says the same as the provider's is no difference, written or not", async () => {
  await apply('labels = { team = "ml" }', 'default_labels = { team = "ml" }', /1 changed/);
  expect(lab()).toMatchObject({ labels: { team: "ml" }, effective_labels: { team: "ml" } });
  await apply("labels = {}", 'default_labels = { team = "ml" }', /1 changed|0 changed/);
  expect(lab()).toMatchObject({ labels: {}, effective_labels: { team: "ml" } });
});

test("labels changed behind Terraform's back are shown and put back", async () => {
  await platform.api.projects.update(String(lab().id), { labels: { team: "strangers", more: "yes" } });
  const plan = asOneLine(await terraform.changes());
  expect(plan).toContain('"more" = "yes"');
  await terraform.succeed("apply", "-auto-approve");
  expect(await onPlatform()).toEqual({ team: "ml" });
  expect(await terraform.changes()).toBe("");
});

test("labels that depend on what is not made yet are known after apply", async () => {
  labels = "";
  terraform.write(
    `resource "fairlead_project" "lab" {\n name = "ai-lab"\n}\nresource "terraform_data" "team" {\n input = "later"\n}`,
    'provider "fairlead" {\n default_labels = { team = terraform_data.team.output }\n}',
  );
  expect(await terraform.changes()).toContain("(known after apply)");
  await terraform.succeed("apply", "-auto-approve");
  expect(await onPlatform()).toEqual({ team: "later" });
  expect(await terraform.changes()).toBe("");
});

test("without the provider's labels they go away", async () => {
  await apply("", "", /1 changed/);
  expect(await onPlatform()).toEqual({});
});

test("a wrong default label is found at its argument", async () => {
  labels = "";
  defaults = 'default_labels = { "not good" = "x" }';
  write();
  const text = await terraform.fail("validate");
  expect(text).toContain("default_labels");
  expect(text).toContain("label keys and values have 1 to 63 letters");
});
