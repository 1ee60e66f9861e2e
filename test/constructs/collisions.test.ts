import { Lazy, TerraformStack, TerraformVariable, Testing } from "cdktf";
import * as fc from "fast-check";
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

test("each port of a range counts, outside and inside", () => {
  const echo = project.addInstance("Echo", machine);
  web.forward(Port.tcpRange(6000, 6010), { externalPort: 30000 });
  echo.forward(Port.tcpRange(1, 20), { externalPort: 30010 });
  echo.forward(Port.tcp(24), { externalPort: 30029 });
  web.forward(Port.tcp(6010));
  expect(findings()).toEqual([
    "  [dev/Project/Web/Tcp6000To6010] externalPort 30000-30010/tcp overlaps 30010-30029/tcp of dev/Project/Echo/Tcp1To20, but an external port belongs to one forward.",
    expect.stringContaining("Fix"),
    "  [dev/Project/Web/Tcp6000To6010] Port 6000-6010/tcp of dev/Project/Web overlaps 6010/tcp, which is forwarded by dev/Project/Web/Tcp6010, but a port of an instance has one forward.",
    expect.stringContaining("Fix"),
    "  [dev/Project/Web/Tcp6010] Port 6010/tcp of dev/Project/Web overlaps 6000-6010/tcp, which is forwarded by dev/Project/Web/Tcp6000To6010, but a port of an instance has one forward.",
    expect.stringContaining("Fix"),
    "  [dev/Project/Echo/Tcp1To20] externalPort 30010-30029/tcp overlaps 30000-30010/tcp of dev/Project/Web/Tcp6000To6010 and 1 more, but an external port belongs to one forward.",
    expect.stringContaining("Fix"),
    "  [dev/Project/Echo/Tcp24] externalPort 30029/tcp overlaps 30010-30029/tcp of dev/Project/Echo/Tcp1To20, but an external port belongs to one forward.",
    expect.stringContaining("Fix"),
  ]);
});

test("ranges side by side, on two addresses or of two protocols do not collide", () => {
  const echo = project.addInstance("Echo", machine);
  web.forward(Port.tcpRange(6000, 6009), { externalPort: 30000 });
  web.forward(Port.tcpRange(6010, 6019), { externalPort: 30010 });
  web.forward(Port.udpRange(6000, 6009), { externalPort: 30000 });
  // Each address has ports of its own, and which one the platform chooses is not known yet.
  echo.forward(Port.tcp(1), { externalPort: 30000, externalIp: "198.51.100.1" });
  echo.forward(Port.tcp(2), { externalPort: 30000, externalIp: "198.51.100.2" });
  echo.forward(Port.tcp(3), { externalPort: 30000, externalIp: web.privateIp });
  new Project(stack, "Other", { name: "other" })
    .addInstance("Web", machine)
    .forward(Port.tcp(80), { externalPort: 30000 });
  expect(findings()).toEqual([]);
  echo.forward(Port.tcp(4), { externalPort: 30000, externalIp: "198.51.100.2" });
  expect(findings()).toEqual([
    expect.stringContaining(
      "[dev/Project/Echo/Tcp2] externalPort 30000/tcp is also that of dev/Project/Echo/Tcp4",
    ),
    expect.stringContaining("Fix"),
    expect.stringContaining(
      "[dev/Project/Echo/Tcp4] externalPort 30000/tcp is also that of dev/Project/Echo/Tcp2",
    ),
    expect.stringContaining("Fix"),
  ]);
});

test("exactly the forwards that share a port are told, however their ranges lie", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ first: fc.integer({ min: 1, max: 60 }), count: fc.integer({ min: 1, max: 8 }) }), {
        maxLength: 12,
      }),
      (spans) => {
        const one = new TerraformStack(Testing.app(), "dev");
        const instance = new Project(one, "Project", { name: "ai-lab" }).addInstance("Web", machine);
        // Ports of ssh are among them.
        const allowedCidrs = ["198.51.100.0/24"];
        const forwards = spans.map(({ first, count }, i) =>
          instance.forward(Port.tcpRange(first, first + count - 1), { id: `${i}`, allowedCidrs }),
        );
        const portsOf = ({ first, count }: (typeof spans)[number]) =>
          Array.from({ length: count }, (_, i) => first + i);
        const expected = spans.map((span, i) =>
          spans.some((other, j) => j !== i && portsOf(other).some((port) => portsOf(span).includes(port))),
        );
        one.node.validate();
        expect(forwards.map(({ node }) => node.validate().length > 0)).toEqual(expected);
      },
    ),
    { numRuns: 50 },
  );
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
