import { Lazy, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { FairleadProvider, type Instance, Port, Project } from "../../lib";

const machine = { image: "echo", flavor: "small" };

let stack: TerraformStack;
let project: Project;
let web: Instance;

beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  new FairleadProvider(stack, "Fairlead");
  project = new Project(stack, "Project", { name: "ai-lab" });
  web = project.addInstance("Web", machine);
});

/** What validation says, line by line, without cdktf's own words around it. */
function findings(): string[] {
  try {
    stack.runAllValidations();
    return [];
  } catch (error) {
    return (error as Error).message.split("\n").filter((line) => /^ {2}\s*(\[|Fix)/.test(line));
  }
}

test("two forwards with one external port are told at both, each with the other's path", () => {
  const echo = project.addInstance("Echo", machine);
  web.forward(Port.tcp(80), { externalPort: 30080 });
  echo.forward(Port.tcp(7007), { externalPort: 30080 });
  expect(findings()).toEqual([
    "  [dev/Project/Web/Tcp80] externalPort 30080/tcp is also that of dev/Project/Echo/Tcp7007, but an external port belongs to one forward.",
    "    Fix: Choose another `externalPort`, or leave it out: then the platform assigns one.",
    "  [dev/Project/Echo/Tcp7007] externalPort 30080/tcp is also that of dev/Project/Web/Tcp80, but an external port belongs to one forward.",
    "    Fix: Choose another `externalPort`, or leave it out: then the platform assigns one.",
  ]);
});

test("two forwards of one instance port", () => {
  web.forward(Port.tcp(80));
  web.forward(Port.tcp(80), { id: "Again" });
  web.forward(Port.tcp(80), { id: "Third" });
  expect(findings()).toEqual([
    "  [dev/Project/Web/Tcp80] Port 80/tcp of dev/Project/Web is also forwarded by dev/Project/Web/Again and 1 more, but a port of an instance has one forward.",
    "    Fix: Use the forward that exists, or forward another port.",
    expect.stringContaining("[dev/Project/Web/Again] Port 80/tcp"),
    expect.stringContaining("Fix"),
    expect.stringContaining("[dev/Project/Web/Third] Port 80/tcp"),
    expect.stringContaining("Fix"),
  ]);
});

test("what does not collide is not told", () => {
  const west = new FairleadProvider(stack, "West", { alias: "west" });
  const port = new TerraformVariable(stack, "port", { type: "number" }).numberValue;
  const echo = project.addInstance("Echo", machine);
  web.forward(Port.tcp(53), { externalPort: 30053 });
  web.forward(Port.udp(53), { externalPort: 30053 });
  echo.forward(Port.tcp(53));
  // Another provider is another platform, with ports of its own.
  echo.forward(Port.tcp(54), { externalPort: 30053, provider: west });
  // What only Terraform knows may differ.
  echo.forward(Port.tcp(port), { id: "A", externalPort: port });
  echo.forward(Port.tcp(port), { id: "B", externalPort: port });
  expect(findings()).toEqual([]);
});

test("lazy values and changes of the resource count, and validations can run again", () => {
  const echo = project.addInstance("Echo", machine);
  web.forward(Port.tcp(80), { externalPort: Lazy.numberValue({ produce: () => 30080 }) });
  const other = echo.forward(Port.tcp(80), { externalPort: 30081 });
  expect(findings()).toEqual([]);
  (other.node.defaultChild as unknown as { externalPort: number }).externalPort = 30080;
  expect(findings()).toHaveLength(4);
  expect(findings()).toHaveLength(4);
  echo.node.tryRemoveChild("Tcp80");
  expect(findings()).toEqual([]);
});
