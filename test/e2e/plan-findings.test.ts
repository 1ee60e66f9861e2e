import type { PortForward, Project } from "../../lib/contract";
import { cleanUp } from "../support/clean-up";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { asOneLine, TerraformFolder } from "../support/terraform";

// What cannot work is found by plan, before anything is made, and only where it is certain.

jest.setTimeout(120_000);

let platform: PlatformProcess;
let terraform: TerraformFolder;
let theirs: PortForward;
let strangers: Project;

const stack = (forwards: string) => `
resource "fairlead_project" "lab" {
  name = "ai-lab"
}
resource "fairlead_instance" "web" {
  project_id = fairlead_project.lab.id
  name       = "web"
  image      = "http-hello"
  flavor     = "small"
}
${forwards}
`;
const forward = (name: string, internal: number, more = "") => `
resource "fairlead_port_forward" "${name}" {
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = ${internal}
  description   = "${name} service"
  ${more}
}
`;

beforeAll(async () => {
  platform = await startPlatformProcess();
  strangers = await platform.api.projects.create({ name: "strangers", ownershipId: "their/stack" });
  const instance = await platform.api.instances.create({
    projectId: strangers.id,
    name: "theirs",
    image: "echo",
    flavor: "small",
  });
  theirs = await platform.api.portForwards.create({
    projectId: strangers.id,
    instanceId: instance.id,
    protocol: "tcp",
    internalPort: 7000,
    externalPort: 30022,
    portCount: 2,
    ownershipId: "their/stack",
  });
  terraform = new TerraformFolder(platform.settings);
  await terraform.initialize();
});
afterAll(cleanUp);

const marked = 'provider "fairlead" {\n ownership_id = "my/stack"\n}';

async function refused(forwards: string, provider = marked): Promise<string> {
  terraform.write(stack(forwards), provider);
  return terraform.fail("plan");
}

test("two forwards with the same external port: both are described", async () => {
  const text = await refused(
    forward("ssh", 2222, "external_port = 30100") + forward("page", 8080, "external_port = 30100"),
  );
  expect(text).toContain("Two forwards of this plan have the same external_port");
  expect(text).toContain('external_port is 30100/tcp for internal_port 8080 ("page service")');
  expect(text).toContain('external_port is 30100/tcp for internal_port 2222 ("ssh service")');
});

test("ranges that overlap are found, too", async () => {
  const text = await refused(
    forward("ssh", 2222, "external_port = 30105") +
      forward("range", 6000, "external_port = 30100\n port_count = 10"),
  );
  expect(text).toContain("external_port is 30100-30109/tcp");
  expect(text).toContain("external_port is 30105/tcp");
});

test("two forwards of the same port of an instance", async () => {
  await terraform.apply(stack(""));
  const text = await refused(forward("one", 8080) + forward("two", 8080));
  expect(text).toContain("Two forwards of this plan have the same internal_port");
  expect(text).toContain('("one service")');
  expect(text).toContain('("two service")');
});

test("an external port of somebody else: who holds it, whose mark it bears, free ones nearby, and how to import it", async () => {
  const text = await refused(forward("ssh", 2222, "external_port = 30023"));
  expect(text).toContain("Error: External port taken");
  expect(text).toContain(
    `external_port is 30023, but ${platform.externalIp}:30022-30023/tcp is held by port forward ${theirs.id} of project strangers, to instance theirs; it bears the mark their/stack.`,
  );
  expect(text).toContain("Free nearby: 30024, 30025, 30021.");
  expect(text).toMatch(
    new RegExp(
      `import \\{ to = fairlead_port_forward\\.NAME id = "${platform.externalIp}:30022-30023/tcp" \\}`,
    ),
  );
  expect(text).toContain("Code: external_port_taken.");
});

test("one that this state holds is a warning, since it may go away in the same apply, and it does", async () => {
  terraform.write(stack(forward("old", 2222, "external_port = 30200")), marked);
  await terraform.succeed("apply", "-auto-approve");
  terraform.write(stack(forward("new", 8080, "external_port = 30200")), marked);
  const plan = asOneLine(await terraform.changes());
  expect(plan).toContain("Warning: External port taken, so far");
  expect(plan).toContain("1 to add, 0 to change, 1 to destroy");
  // Whether it succeeds depends on the order, so the old one goes first here.
  await terraform.succeed("apply", "-auto-approve", "-target=fairlead_port_forward.old");
  await terraform.succeed("apply", "-auto-approve");
  expect(await terraform.changes()).toBe("");
});

test("a forced replacement of a forward is not taken for two forwards", async () => {
  expect(await terraform.succeed("plan", "-replace=fairlead_port_forward.new")).toContain(
    "1 to add, 0 to change, 1 to destroy",
  );
});

test.each([
  [
    "image",
    "htpp-hello",
    'There is no image "htpp-hello"; did you mean "http-hello"? The platform has http-hello, echo.',
  ],
  ["flavor", "smal", 'There is no flavor "smal"; did you mean "small"? The platform has small'],
])("an unknown %s, with the closest name", async (field, given, message) => {
  const known = field === "image" ? "http-hello" : "small";
  terraform.write(stack("").replace(`"${known}"`, `"${given}"`), marked);
  const text = await terraform.fail("plan");
  expect(text).toContain(message);
  expect(text).toContain(`Code: unknown_${field}.`);
});

test("a range that goes beyond the last port", async () => {
  const text = await refused(forward("range", 65000, "port_count = 1000"));
  expect(text).toContain("a range that begins at internal_port 65000 has at most 536 ports");
});

test("a time that is over is a warning: the forward keeps its port and carries nothing", async () => {
  terraform.write(stack(forward("late", 9000, 'expires_at = "2020-01-01T00:00:00Z"')), marked);
  expect(asOneLine(await terraform.changes())).toContain(
    "expires_at is 2020-01-01T00:00:00Z, which is in the past",
  );
});
