import { cleanUp } from "../support/clean-up";
import { type CuttingProxy, cuttingProxy } from "../support/cutting-proxy";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

// The connection is cut after the platform has done what was asked and before its reply arrives.

jest.setTimeout(120_000);

const project = `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
`;
const instance = (flavor: string) => `
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "${flavor}"
}
`;
const page = (internal: number) => `
resource "fairlead_port_forward" "page" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = ${internal}
}
`;
const stack = (flavor: string, internal: number) => project + instance(flavor) + page(internal);

let platform: PlatformProcess;
let proxy: CuttingProxy;
let terraform: TerraformFolder;

beforeEach(async () => {
  platform = await startPlatformProcess();
  proxy = await cuttingProxy(platform.endpoint);
  terraform = new TerraformFolder({ ...platform.settings, FAIRLEAD_ENDPOINT: proxy.endpoint });
  await terraform.initialize();
});
afterEach(cleanUp);

const listed = async (name: "projects" | "instances" | "portForwards") =>
  (await platform.api[name].list()).items.map(({ id }) => id);
const inState = (address: string) => terraform.resource(address)!.attributes.id;

async function applyLosing(configuration: string, request: string): Promise<void> {
  const before = proxy.lost;
  proxy.cutAnswers(2, request);
  await terraform.apply(configuration);
  expect(proxy.lost).toBe(before + 2);
}

test.each([
  ["POST /v1/projects", "projects", "fairlead_project.lab"],
  ["POST /v1/instances", "instances", "fairlead_instance.web"],
  ["POST /v1/port-forwards", "portForwards", "fairlead_port_forward.page"],
] as const)("%s: the same apply finds by its key what was made", async (request, name, address) => {
  await applyLosing(stack("small", 8080), request);
  expect(await listed(name)).toEqual([inState(address)]);
  expect(await terraform.changes()).toBe("");
});

test("changes and deletions are done once, and the apply goes on", async () => {
  await terraform.apply(stack("small", 8080));
  await applyLosing(stack("small", 8081), "PATCH /v1/port-forwards");
  expect(await platform.api.portForwards.get(String(inState("fairlead_port_forward.page")))).toMatchObject({
    internalPort: 8081,
    revision: 2,
  });
  await applyLosing(stack("medium", 8081), "PATCH /v1/instances");
  expect(await terraform.changes()).toBe("");
  await applyLosing(project + instance("medium"), "DELETE /v1/port-forwards");
  expect(await listed("portForwards")).toEqual([]);
  await applyLosing(project, "DELETE /v1/instances");
  expect(await terraform.changes()).toBe("");
});

test("every try lost: what was made is found by its key, kept tainted, and replaced by the next apply", async () => {
  await terraform.apply(project + instance("small"));
  proxy.cutAnswers(4, "POST /v1/port-forwards");
  terraform.write(stack("small", 8080));
  const text = await terraform.fail("apply", "-auto-approve");
  expect(text).toContain("Platform unreachable");
  expect(proxy.lost).toBe(4);
  const [made] = await listed("portForwards");
  expect(terraform.resource("fairlead_port_forward.page")).toMatchObject({
    status: "tainted",
    attributes: { id: made },
  });
  await terraform.succeed("apply", "-auto-approve");
  expect(await listed("portForwards")).toEqual([inState("fairlead_port_forward.page")]);
  expect(await terraform.changes()).toBe("");
});
