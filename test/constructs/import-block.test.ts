import { TerraformCount, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Port, Project } from "../../lib";

const machine = { image: "echo", flavor: "small" };

function setUp() {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  return { stack, project, web: project.addInstance("Web", machine) };
}

test("an import is a block beside the resource, under its final address; a token passes", () => {
  const { stack, web } = setUp();
  const key = new TerraformVariable(stack, "key", { type: "string" }).stringValue;
  const ssh = web.forward(Port.SSH, { importFrom: "203.0.113.5:20170/tcp" });
  (ssh.node.defaultChild as unknown as { overrideLogicalId(id: string): void }).overrideLogicalId("ssh");
  web.forward(Port.RDP, { importFrom: key });
  expect(JSON.parse(Testing.synth(stack)).import).toEqual([
    { to: "fairlead_port_forward.ssh", id: "203.0.113.5:20170/tcp" },
    {
      to: expect.stringMatching(/^fairlead_port_forward\.Project_Web_Tcp3389_\w{8}$/),
      id: ["$", "{var.key}"].join(""),
    },
  ]);
  expect(Testing.synthHcl(stack)).toMatch(
    /import \{\s+to = fairlead_port_forward\.ssh\s+id = "203\.0\.113\.5:20170\/tcp"/,
  );
});

test.each([
  ["203.0.113.5:20170/tcp"],
  ["ai-lab/203.0.113.5:20170/tcp"],
  ["[2001:db8::1]:6000-6010/udp"],
  ["fwd-01hxw4"],
])("a forward is imported by %s", (importFrom) => {
  expect(() => setUp().web.forward(Port.SSH, { importFrom })).not.toThrow();
});

test.each([
  [""],
  ["203.0.113.5:20170"],
  ["203.0.113.5:20170/icmp"],
  ["203.0.113.5:0/tcp"],
  ["203.0.113.5:65530-65540/tcp"],
  ["[2001:db8::1]:6000"],
])("a forward is not imported by %j", (importFrom) => {
  expect(() => setUp().web.forward(Port.SSH, { importFrom })).toThrow(
    `[dev/Project/Web/Tcp22] importFrom is "${importFrom}", but a port forward is imported by its id or its key, ` +
      'such as "203.0.113.5:20170/tcp", "[2001:db8::1]:6000-6010/udp" or "project/203.0.113.5:20170/tcp".\n' +
      "    Fix: Write what `fairlead forward list` shows.",
  );
});

test("an instance is named below its project, and a project by its name", () => {
  const { stack, project } = setUp();
  expect(() => project.addInstance("Db", { ...machine, importFrom: "ai-lab/" })).toThrow(
    '[dev/Project/Db] importFrom is "ai-lab/", but an instance is imported by its id or "project/name".',
  );
  expect(() => new Project(stack, "Other", { name: "other", importFrom: "other/web" })).toThrow(
    '[dev/Other] importFrom is "other/web", but a project is imported by its id or its name.',
  );
});

test("several resources of one construct cannot be imported as one", () => {
  const { web } = setUp();
  const count = TerraformCount.of(2);
  expect(() => web.forward(Port.SSH, { count, importFrom: "fwd-1" })).toThrow(
    "[dev/Project/Web/Tcp22] `importFrom` names one thing, but `count` or `forEach` make several.\n" +
      "    Fix: Write a loop in TypeScript instead, with an `importFrom` for each.",
  );
});
