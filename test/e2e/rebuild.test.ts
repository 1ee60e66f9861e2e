import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";
import { httpBody, knock } from "../support/traffic";

// An instance is rebuilt while a client connects to it every 20 ms.

jest.setTimeout(120_000);

const configuration = (version: number, lifecycle = "") => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id           = fairlead_project.lab.id
  name                 = "web"
  image                = "http-hello"
  flavor               = "small"
  user_data_wo         = "build ${version}"
  user_data_wo_version = "${version}"
  ${lifecycle}
}
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080
}
resource "fairlead_port_forward" "other" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8081
}
`;
const newFirst = "lifecycle {\n create_before_destroy = true\n }";

let platform: PlatformProcess;
let terraform: TerraformFolder;

beforeEach(async () => {
  platform = await startPlatformProcess();
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});
afterEach(cleanUp);

const page = () =>
  terraform.resource("fairlead_port_forward.page")!.attributes as { id: string; socket_address: string };

/** Rebuilds the instance under a client that never stops; the forwards keep what they are known by. */
async function rebuild(lifecycle: string) {
  await terraform.apply(configuration(1, lifecycle));
  const before = page();
  const instance = terraform.resource("fairlead_instance.web")!.attributes.id;
  const revision = (await platform.api.portForwards.get(before.id)).revision;
  const client = knock(before.socket_address);
  expect(await terraform.apply(configuration(2, lifecycle))).toContain("1 added, 2 changed, 1 destroyed");
  const fared = await client.stop();
  expect(page()).toEqual({ ...before, ...page(), id: before.id, socket_address: before.socket_address });
  expect(terraform.resource("fairlead_instance.web")!.attributes.id).not.toBe(instance);
  expect(await httpBody(before.socket_address)).toContain("hello from web");
  expect(await terraform.changes()).toBe("");
  return { ...fared, changes: (await platform.api.portForwards.get(before.id)).revision - revision };
}

test("with create_before_destroy no connection fails, and each forward changes once", async () => {
  const { answered, failures, changes } = await rebuild(newFirst);
  expect(answered).toBeGreaterThan(20);
  expect(failures).toEqual([]);
  expect(changes).toBe(1);
});

test("without it the forwards are detached, keep their ports, and are attached again in the same apply", async () => {
  const { answered, failures, longestGapMs, changes } = await rebuild("");
  process.stdout.write(
    `rebuild without create_before_destroy: ${answered} answers, ${failures.length} refused, longest gap ${Math.round(longestGapMs)} ms\n`,
  );
  expect(answered).toBeGreaterThan(20);
  expect(failures.length).toBeGreaterThan(0);
  expect(changes).toBe(2);
});
