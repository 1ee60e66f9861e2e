import { TerraformCount, TerraformIterator, type TerraformResource, TerraformStack, Testing } from "cdktf";
import { Instance, Port, PortForward, Project } from "../../lib";

const machine = { image: "echo", flavor: "small" };

const resourceOf = ({ node }: Instance | PortForward) => node.defaultChild as TerraformResource;

function setUp() {
  const stack = new TerraformStack(Testing.app(), "dev");
  return { stack, each: TerraformIterator.fromList(["a", "b"]) };
}

test("what belongs to one of several projects is repeated as they are", () => {
  const { stack, each } = setUp();
  const project = new Project(stack, "Labs", { name: each.value, forEach: each });
  project.addInstance("Web", machine).forward(Port.HTTPS);
  const { resource } = JSON.parse(Testing.synth(stack));
  const forEach = ["$", '{toset(["a", "b"])}'].join("");
  const [instance] = Object.values(resource.fairlead_instance);
  const project_id = ["$", "{fairlead_project.Labs[each.key].id}"].join("");
  expect(instance).toMatchObject({ project_id, for_each: forEach });
  const [forward] = Object.values(resource.fairlead_port_forward);
  expect(forward).toMatchObject({
    project_id,
    instance_id: expect.stringMatching(/^\$\{fairlead_instance\.Labs_Web_\w+\[each\.key\]\.id\}$/),
    for_each: forEach,
  });
});

test("two ways of repetition cannot be brought together", () => {
  const { stack, each } = setUp();
  const project = new Project(stack, "Project", { name: "ai-lab" });
  const web = project.addInstance("Web", { ...machine, count: TerraformCount.of(2) });
  expect(() => web.forward(Port.HTTPS, { forEach: each })).toThrow(
    "[dev/Project/Web/Tcp443] This is repeated by `forEach`, but dev/Project/Web, which it belongs to, by `count`.\n" +
      "    Fix: Leave `forEach` out: there is one for each then.",
  );
});

test.each([
  ["forEach", (each: TerraformIterator) => ({ forEach: each })],
  ["count", () => ({ count: 2 })],
])(
  "what belongs to one of several of another stack is refused: Terraform would not find it (%s)",
  (how, repetition) => {
    const { stack, each } = setUp();
    const project = new Project(stack, "Labs", { name: "lab", ...repetition(each) });
    const web = project.addInstance("Web", machine);
    const other = new TerraformStack(stack.node.root, "other");
    const text = (path: string) =>
      `This is of the stack other and belongs to ${path} of the stack dev, which is several (\`${how}\`): Terraform refers to one of several within a stack only.\n` +
      `    Fix: Make it in the stack dev, or make ${path} in a loop in TypeScript instead, and this for each.`;
    expect(() => new Instance(other, "Db", { ...machine, project })).toThrow(
      `[other/Db] ${text("dev/Labs")}`,
    );
    const lone = Project.fromProjectId(other, "Lone", "prj-1");
    expect(() => new PortForward(other, "Page", { instance: web, port: Port.HTTP, project: lone })).toThrow(
      `[other/Page] ${text("dev/Labs/Web")}`,
    );
  },
);

test.each([
  ["as it says itself", (web: Instance) => web.forward(Port.HTTP, { count: TerraformCount.of(2) })],
  [
    "as its instance",
    (web: Instance) => {
      resourceOf(web).count = TerraformCount.of(2);
      return web.forward(Port.HTTP);
    },
  ],
  [
    "as its resource is told to be",
    (web: Instance) => {
      const page = web.forward(Port.HTTP);
      resourceOf(page).count = 2;
      return page;
    },
  ],
])("several forwards have no one address: %s", (_how, several) => {
  const { stack } = setUp();
  const project = new Project(stack, "Project", { name: "ai-lab" });
  const page = several(project.addInstance("Web", machine));
  for (const [ask, what] of [
    [() => page.socketAddress, "socketAddress"],
    [() => page.url("http"), "socketAddress"],
    [() => page.sshCommand(), "externalPort"],
    [() => page.portForwardId, "id"],
  ] as const) {
    expect(ask).toThrow(
      `[dev/Project/Web/Tcp80] This is several forwards (\`count\` or \`forEach\`), so there is no one ${what}.\n    Fix: Write a loop in TypeScript instead.`,
    );
  }
});

test("a forward whose projects are several, or its instance's, is left to the platform", () => {
  const { stack, each } = setUp();
  const labs = new Project(stack, "Labs", { name: each.value, forEach: each });
  const other = Project.fromProjectId(stack, "Other", "prj-1");
  const web = Instance.fromInstanceId(stack, "Web", "ins-1", { project: other });
  expect(
    () => new PortForward(stack, "Page", { project: labs, instance: web, port: Port.HTTP }),
  ).not.toThrow();
  expect(() => Instance.fromLookup(stack, "Found", { project: labs, name: "web" })).toThrow(
    "[dev/Found] The project dev/Labs is known at apply only",
  );
});

test("of what an iterator makes, the way to the values of all is told", () => {
  const { stack, each } = setUp();
  const project = new Project(stack, "Labs", { name: each.value, forEach: each });
  const web = project.addInstance("Web", machine);
  expect(() => project.externalIps).toThrow("This is several projects (`count` or `forEach`)");
  expect(() => project.projectId).toThrow("This is several projects (`count` or `forEach`)");
  expect(() => web.instanceId).toThrow(
    'take those of all, as a list: TerraformIterator.fromResources(instance.node.defaultChild).pluckProperty("id").',
  );
  expect(() => web.privateIp).toThrow(
    "[dev/Labs/Web] This is several instances (`count` or `forEach`), so there is no one privateIp.\n" +
      "    Fix: Write a loop in TypeScript instead, or take those of all, as a list: " +
      'TerraformIterator.fromResources(instance.node.defaultChild).pluckProperty("private_ip").',
  );
});
