import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";
import { httpBody } from "../support/traffic";

// What must not be deleted is not, whoever asks: its lines removed, a replacement, destroy, or a request by hand.

jest.setTimeout(90_000);

const project = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
`;
const instance = (more = "deletion_protection = true", image = "http-hello") => `
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "${image}"
  flavor     = "small"
  ${more}
}
`;
const page = (more = "deletion_protection = true") => `
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
  ${more}
}
`;

let platform: PlatformProcess;
let terraform: TerraformFolder;
let address: string;

beforeAll(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
  await terraform.apply(project + instance() + page());
  address = String(terraform.resource("fairlead_port_forward.page")!.attributes.socket_address);
});
afterAll(cleanUp);

async function refused(configuration: string): Promise<string> {
  terraform.write(configuration);
  const text = await terraform.fail("apply", "-auto-approve");
  expect(text).toContain("Protected against deletion");
  expect(text).toContain("deletion_protection = false");
  expect(await httpBody(address)).toContain("hello from web");
  return text;
}

test("its lines removed: the apply fails, and the port still answers", async () => {
  expect(await refused(project + instance())).toContain(`(${address}/tcp)`);
  expect(await refused(project)).toContain("(web)");
});

test("a replacement is refused before anything is done, and says what asks for it", async () => {
  expect(await refused(project + instance(undefined, "echo") + page())).toContain(
    "because of another project_id or image",
  );
});

test("destroy is refused, and nothing is destroyed", async () => {
  terraform.write(project + instance() + page());
  const text = await terraform.fail("destroy", "-auto-approve");
  expect(text).toContain("The port forward");
  expect(await httpBody(address)).toContain("hello from web");
});

test("the platform refuses it by itself, also for a state that does not know", async () => {
  const id = String(terraform.resource("fairlead_port_forward.page")!.attributes.id);
  await expect(platform.api.portForwards.delete(id)).rejects.toMatchObject({ code: "deletion_protected" });
  await terraform.apply(project + instance() + page("deletion_protection = false"));
  await platform.api.portForwards.update(id, { deletionProtection: true });
  terraform.write(project + instance());
  const text = await terraform.fail("apply", "-auto-approve", "-refresh=false");
  expect(text).toContain("was false and is true");
  expect(await httpBody(address)).toContain("hello from web");
});

test("drift of it is shown, and once it is lifted everything goes", async () => {
  terraform.write(project + instance("") + page(""));
  expect(asOneLine(await terraform.changes())).toContain("deletion_protection = true -> false");
  await terraform.succeed("apply", "-auto-approve");
  expect(await terraform.changes()).toBe("");
  await terraform.succeed("destroy", "-auto-approve");
  expect((await platform.api.projects.list()).items).toEqual([]);
});
