import { Fn, Lazy, TerraformStack, TerraformVariable, Testing, Token } from "cdktf";
import { ConstructError, FairleadProvider, Port, PortForward, Project } from "../../lib";

/** What Terraform evaluates. */
const expression = (text: string) => `\${${text}}`;

const machine = { image: "echo", flavor: "small" };

function setUp() {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  return { stack, project, web: project.addInstance("Web", machine) };
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConstructError);
    return (error as Error).message;
  }
  throw new Error("Nothing was refused.");
}

describe("a wrong prop is refused with the construct's path, the value, what is allowed and the fix", () => {
  test("a port out of range", () => {
    expect(messageOf(() => setUp().web.forward(Port.tcp(70000)))).toBe(
      "[dev/Project/Web/Tcp70000] internalPort is 70000, but a port is a whole number from 1 to 65535.\n" +
        "    Fix: Pass the number of a port to Port.tcp() or Port.udp().",
    );
  });

  test("an external port out of range", () => {
    expect(messageOf(() => setUp().web.forward(Port.tcp(80), { externalPort: 0 }))).toBe(
      "[dev/Project/Web/Tcp80] externalPort is 0, but a port is a whole number from 1 to 65535.\n" +
        "    Fix: Choose another `externalPort`, or leave it out: then the platform assigns one.",
    );
  });

  test("an unknown protocol", () => {
    const port = { protocol: "icmp", number: 80, constructId: "Icmp80" } as unknown as Port;
    expect(messageOf(() => setUp().web.forward(port))).toBe(
      '[dev/Project/Web/Icmp80] protocol is "icmp", but a protocol is "tcp" or "udp".\n' +
        "    Fix: Make the port with Port.tcp() or Port.udp().",
    );
  });

  test("several mistakes at once", () => {
    const allowedCidrs = ["10.0.0.0/8", "198.51.100.7/24"];
    expect(messageOf(() => setUp().web.forward(Port.udp(0), { allowedCidrs }))).toBe(
      "[dev/Project/Web/Udp0] internalPort is 0, but a port is a whole number from 1 to 65535.\n" +
        "    Fix: Pass the number of a port to Port.tcp() or Port.udp().\n" +
        '  allowedCidrs.1 is "198.51.100.7/24", but address bits behind the prefix must be zero: write 198.51.100.0/24.\n' +
        "    Fix: Correct `allowedCidrs`; without it everyone may connect.",
    );
  });

  test("names and labels", () => {
    const { stack, project } = setUp();
    expect(messageOf(() => new Project(stack, "Other", { name: "" }))).toMatch(
      /^\[dev\/Other\] name is "", but a name has 1 to 63 letters/,
    );
    expect(messageOf(() => project.addInstance("Bad", { ...machine, labels: { "a b": "c" } }))).toMatch(
      /^\[dev\/Project\/Bad\] labels\.a b is "c", but label keys and values have/,
    );
  });

  test("an instance of another project", () => {
    const { stack, web } = setUp();
    const other = new Project(stack, "Other", { name: "other" });
    const forward = () =>
      new PortForward(stack, "Ssh", { project: other, instance: web, port: Port.tcp(22) });
    expect(messageOf(forward)).toBe(
      "[dev/Ssh] The project is dev/Other, but the instance dev/Project/Web belongs to dev/Project. " +
        "A forward may only target an instance of its own project.\n" +
        "    Fix: Leave `project` out, or forward to an instance of that project.",
    );
  });

  test("a port without a number that can name the construct", () => {
    const { stack, web } = setUp();
    const port = new TerraformVariable(stack, "port", { type: "number" }).numberValue;
    expect(messageOf(() => web.forward(Port.tcp(port)))).toBe(
      "[dev/Project/Web] The tcp port to forward is a token, so no construct id can be made of it.\n" +
        '    Fix: Name the forward: forward(port, { id: "Ssh" }).',
    );
  });

  test("a secret in the code", () => {
    const { stack } = setUp();
    const message = messageOf(() => new FairleadProvider(stack, "Fairlead", { token: "s3cret" }));
    expect(message).toMatch(/^\[dev\/Fairlead\] `token` is literal text/);
    expect(message).not.toContain("s3cret");
    const token = new TerraformVariable(stack, "token", { sensitive: true }).stringValue;
    new FairleadProvider(stack, "Good", { token, alias: "good" });
    new FairleadProvider(stack, "Written", { token: expression("var.token"), alias: "written" });
    expect(() => stack.runAllValidations()).not.toThrow();
    new FairleadProvider(stack, "Late", {
      token: Lazy.stringValue({ produce: () => "s3cret" }),
      alias: "late",
    });
    expect(() => stack.runAllValidations()).toThrow("[dev/Late] `token` is literal text");
  });

  test("the stack trace begins at the user's own line", () => {
    try {
      setUp().web.forward(Port.tcp(70000));
    } catch (error) {
      const frames = (error as Error).stack!.split("\n").filter((line) => line.startsWith("    at "));
      expect(frames[0]).toContain("props.test.ts");
      return;
    }
    throw new Error("Nothing was refused.");
  });
});

describe("what only Terraform knows passes, and arrives as it is", () => {
  const forwardOf = (stack: TerraformStack) =>
    Object.values(JSON.parse(Testing.synth(stack)).resource.fairlead_port_forward)[0];

  test("numbers, texts and lists of variables", () => {
    const { stack, web } = setUp();
    const number = new TerraformVariable(stack, "port", { type: "number" });
    const list = new TerraformVariable(stack, "sources", { type: "list(string)" });
    web.forward(Port.tcp(number.numberValue), {
      id: "Ssh",
      externalPort: number.numberValue,
      allowedCidrs: list.listValue,
      description: `ssh of ${web.privateIp}`,
      labels: { owner: number.stringValue },
    });
    expect(forwardOf(stack)).toMatchObject({
      internal_port: expression("var.port"),
      external_port: expression("var.port"),
      allowed_cidrs: expression("var.sources"),
      description: expect.stringMatching(/^ssh of \$\{fairlead_instance\.Project_Web_\w+\.private_ip\}$/),
      labels: { owner: expression("var.port") },
    });
  });

  test("functions, lazy values, tokens as map and as part of a list", () => {
    const { stack, web } = setUp();
    const text = new TerraformVariable(stack, "text", { type: "string" });
    web.forward(Port.tcp(Lazy.numberValue({ produce: () => 2222 })), {
      id: "Ssh",
      externalPort: Token.asNumber(Fn.max([20000, 20001])),
      allowedCidrs: [text.stringValue, "10.0.0.0/8"],
      labels: Token.asStringMap(Fn.merge([{ a: "b" }, { c: "d" }])),
    });
    expect(forwardOf(stack)).toMatchObject({
      internal_port: 2222,
      external_port: expression("max(20000, 20001)"),
      allowed_cidrs: [expression("var.text"), "10.0.0.0/8"],
      labels: expression('merge({"a" = "b"}, {"c" = "d"})'),
    });
  });

  test("beside a token, a literal is still checked", () => {
    const { stack, web } = setUp();
    const text = new TerraformVariable(stack, "text", { type: "string" });
    const allowedCidrs = [text.stringValue, "nonsense"];
    expect(messageOf(() => web.forward(Port.tcp(22), { allowedCidrs }))).toContain(
      'allowedCidrs.1 is "nonsense"',
    );
  });
});

test("an instance is named after its construct", () => {
  const { stack, project } = setUp();
  const names = ["Web", "WebServer", "HTTPProxy2", "my_db", "a b", "웹서버"];
  for (const id of names) project.addInstance(`${id}.`, machine);
  const instances = Object.values<{ name: string }>(
    JSON.parse(Testing.synth(stack)).resource.fairlead_instance,
  );
  expect(instances.map(({ name }) => name).sort()).toEqual(
    ["a-b", "http-proxy2", "my_db", "web", "web", "web-server", "웹서버"].sort(),
  );
});
