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

  test.each([
    [
      Port.tcpRange(6010, 6000),
      "Tcp6010To6000",
      "The range 6010-6000/tcp ends before it begins, but its last port is not below its first.",
      "Swap them: Port.tcpRange(6000, 6010).",
    ],
    [
      Port.udpRange(6000, 7000),
      "Udp6000To7000",
      "The range 6000-7000/udp has 1001 ports, but a forward covers 1 to 1000 ports.",
      "Forward it in parts, the first of them Port.udpRange(6000, 6999).",
    ],
    [
      Port.tcpRange(65530, 65540),
      "Tcp65530To65540",
      "The range 65530-65540/tcp ends at 65540, but a port is a whole number from 1 to 65535.",
      "Correct the range: Port.tcpRange(first, last).",
    ],
    [
      Port.tcpRange(0, 10),
      "Tcp0To10",
      "The range 0-10/tcp begins at 0, but a port is a whole number from 1 to 65535.",
      "Correct the range: Port.tcpRange(first, last).",
    ],
    [
      Port.tcpRange(1, 2.5),
      "Tcp1To2.5",
      "The range 1-2.5/tcp ends at 2.5, but a port is a whole number from 1 to 65535.",
      "Correct the range: Port.tcpRange(first, last).",
    ],
  ])("a range that cannot be: %s", (port, id, problem, fix) => {
    expect(messageOf(() => setUp().web.forward(port))).toBe(
      `[dev/Project/Web/${id}] ${problem}\n    Fix: ${fix}`,
    );
  });

  test("a range whose external ports would end too high", () => {
    const forward = () => setUp().web.forward(Port.tcpRange(6000, 6010), { externalPort: 65530 });
    expect(messageOf(forward)).toBe(
      "[dev/Project/Web/Tcp6000To6010] The external range 65530-65540/tcp ends at 65540, but a port is a whole number from 1 to 65535.\n" +
        "    Fix: Choose another `externalPort`, or leave it out: then the platform assigns the ports.",
    );
  });

  test("a range that is forwarded twice", () => {
    const { web } = setUp();
    web.forward(Port.tcpRange(6000, 6010));
    expect(messageOf(() => web.forward(Port.tcpRange(6000, 6010)))).toMatch(
      /^\[dev\/Project\/Web\] Port 6000-6010\/tcp is forwarded twice \(Tcp6000To6010\), but/,
    );
  });

  test("an address, a time and what is neither true nor false", () => {
    const { web } = setUp();
    const options = {
      externalIp: "public",
      expiresAt: "2026-12-31",
      proxyProtocol: "v2" as unknown as boolean,
      enabled: "no" as unknown as boolean,
      deletionProtection: 1 as unknown as boolean,
    };
    expect(messageOf(() => web.forward(Port.tcp(80), options))).toBe(
      '[dev/Project/Web/Tcp80] externalIp is "public", but an address is an IPv4 or IPv6 address such as 203.0.113.5.\n' +
        "    Fix: Choose one of the project's addresses, or leave `externalIp` out: then the platform chooses.\n" +
        '  proxyProtocol is "v2", but this is true or false.\n' +
        "    Fix: Pass true or false.\n" +
        '  expiresAt is "2026-12-31", but a time is absolute and has an offset, such as 2026-12-31T18:00:00Z or 2026-12-31T18:00:00+09:00.\n' +
        "    Fix: Correct `expiresAt`, or pass a Date; without it the forward never closes.\n" +
        '  enabled is "no", but this is true or false.\n' +
        "    Fix: Pass true or false.\n" +
        "  deletionProtection is 1, but this is true or false.\n" +
        "    Fix: Pass true or false.",
    );
    expect(messageOf(() => web.forward(Port.tcp(81), { expiresAt: new Date("soon") }))).toContain(
      'expiresAt is "Invalid Date", but a time is absolute',
    );
  });

  test("the PROXY protocol for udp, whose packets have no beginning", () => {
    const { web } = setUp();
    expect(messageOf(() => web.forward(Port.udp(53), { proxyProtocol: true }))).toBe(
      "[dev/Project/Web/Udp53] proxyProtocol is true, but 53/udp has no connections that could begin with a PROXY header.\n" +
        "    Fix: Leave `proxyProtocol` out, or forward a port of tcp.",
    );
    expect(() => web.forward(Port.udp(54), { proxyProtocol: false })).not.toThrow();
    expect(() => web.forward(Port.tcp(53), { proxyProtocol: true })).not.toThrow();
  });

  test("sources that are none, which everyone would be to the platform", () => {
    expect(messageOf(() => setUp().web.forward(Port.SSH, { allowedCidrs: [] }))).toBe(
      "[dev/Project/Web/Tcp22] `allowedCidrs` is an empty list, with which everyone could connect.\n" +
        "    Fix: Name the sources. If everyone is meant, say so: allowedCidrs: [Peer.anyIpv4()], or leave it out.",
    );
  });

  test("an image that is neither a name nor an image", () => {
    expect(messageOf(() => setUp().project.addInstance("Db", { ...machine, image: {} as never }))).toBe(
      "[dev/Project/Db] image is {}, but a name is text.\n" +
        "    Fix: Give `image` the name of one of the platform's images, or what Image.fromLookup gives.",
    );
  });

  test("keys and quotas", () => {
    const { stack, project } = setUp();
    const sshKeys = ["-----BEGIN OPENSSH PRIVATE KEY-----"];
    expect(messageOf(() => project.addInstance("Bad", { ...machine, sshKeys }))).toMatch(
      /^\[dev\/Project\/Bad\] sshKeys\.0 is .*, but an SSH key is a public key on one line[^\n]*\n {4}Fix: Pass the content of a public key file/,
    );
    const quotas = { instanceQuota: -1, portForwardQuota: 1.5 };
    expect(messageOf(() => new Project(stack, "Other", { name: "other", ...quotas }))).toBe(
      "[dev/Other] instanceQuota is -1, but a quota is at least 0.\n" +
        "    Fix: Correct `instanceQuota`; without it there is no limit.\n" +
        "  portForwardQuota is 1.5, but a quota is a whole number.\n" +
        "    Fix: Correct `portForwardQuota`; without it there is no limit.",
    );
  });

  test("the provider's labels and its mark", () => {
    const { stack } = setUp();
    const provider = () =>
      new FairleadProvider(stack, "Fairlead", { ownershipId: "", defaultLabels: { "a b": "c" } });
    expect(messageOf(provider)).toBe(
      '[dev/Fairlead] ownershipId is "", but an ownership id has 1 to 255 printable characters.\n' +
        "    Fix: Give `ownershipId` another value.\n" +
        '  defaultLabels.a b is "c", but label keys and values have 1 to 63 letters, digits, dots, underscores, slashes or hyphens, the first and the last a letter or digit; a value may be empty.\n' +
        "    Fix: Correct `defaultLabels`.",
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

  test("both ends of a range", () => {
    const { stack, web } = setUp();
    const [first, last] = ["first", "last"].map(
      (id) => new TerraformVariable(stack, id, { type: "number" }).numberValue,
    );
    web.forward(Port.tcpRange(first!, last!), { id: "Media", externalPort: first });
    expect(forwardOf(stack)).toMatchObject({
      internal_port: expression("var.first"),
      port_count: expression("((var.last - var.first) + 1)"),
    });
    expect(messageOf(() => web.forward(Port.udpRange(6000, last!)))).toContain("no construct id can be made");
    expect(`${Port.udpRange(6000, last!)}`).toBe("(known at apply)/udp");
  });

  test("every option of a forward, an instance, a project and a provider", () => {
    const stack = new TerraformStack(Testing.app(), "dev");
    const text = new TerraformVariable(stack, "text", { type: "string" }).stringValue;
    const number = new TerraformVariable(stack, "number", { type: "number" }).numberValue;
    const flag = new TerraformVariable(stack, "flag", { type: "bool" }).booleanValue;
    const list = new TerraformVariable(stack, "list", { type: "list(string)" }).listValue;
    const timeouts = { create: text, update: "20m", delete: "1h30m" };
    new FairleadProvider(stack, "Fairlead", {
      ownershipId: text,
      planId: text,
      defaultLabels: { team: text },
    });
    const project = new Project(stack, "Project", {
      name: text,
      instanceQuota: number,
      portForwardQuota: number,
      timeouts,
    });
    project
      .addInstance("Web", {
        ...machine,
        sshKeys: list,
        deletionProtection: flag,
        userData: text,
        userDataVersion: text,
        timeouts,
      })
      .forward(Port.tcp(80), {
        externalIp: text,
        proxyProtocol: flag,
        expiresAt: text,
        enabled: flag,
        deletionProtection: flag,
        timeouts,
      });
    const { provider, resource } = JSON.parse(Testing.synth(stack));
    const [v, n, f] = ["text", "number", "flag"].map((name) => expression(`var.${name}`));
    const waits = { create: v, update: "20m", delete: "1h30m" };
    expect(provider.fairlead).toEqual([{ ownership_id: v, plan_id: v, default_labels: { team: v } }]);
    expect(resource.fairlead_project.Project).toMatchObject({
      instance_quota: n,
      port_forward_quota: n,
      timeouts: waits,
    });
    expect(Object.values(resource.fairlead_instance)).toEqual([
      expect.objectContaining({
        ssh_keys: expression("var.list"),
        deletion_protection: f,
        user_data_wo: v,
        user_data_wo_version: v,
        timeouts: waits,
      }),
    ]);
    expect(forwardOf(stack)).toMatchObject({
      external_ip: v,
      proxy_protocol: f,
      expires_at: v,
      enabled: f,
      deletion_protection: f,
      timeouts: waits,
    });
  });

  test("what functions give, as a whole and in a map", () => {
    const { stack, project, web } = setUp();
    web.forward(Port.tcp(80), {
      externalIp: Fn.element(project.externalIps, 1),
      labels: { team: Fn.lookup({ a: "b" }, "a") },
    });
    expect(forwardOf(stack)).toMatchObject({
      external_ip: expression("element(fairlead_project.Project.external_ips, 1)"),
      labels: { team: expression('{"a" = "b"}.a') },
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

test("what is set arrives, and what is not set is not there", () => {
  const { stack, project, web } = setUp();
  const options = {
    externalIp: "2001:db8::1",
    enabled: false,
    deletionProtection: true,
    expiresAt: "2026-12-31T18:00:00+09:00",
  };
  web.forward(Port.udpRange(6000, 6010), options);
  web.forward(Port.tcp(80), { expiresAt: new Date(Date.UTC(2026, 11, 31, 9)) });
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB lab";
  project.addInstance("Keys", { ...machine, sshKeys: [key], deletionProtection: false });
  new Project(stack, "Small", { name: "small", instanceQuota: 0, portForwardQuota: 1_000_000 });
  const { resource } = JSON.parse(Testing.synth(stack));
  const find = (type: string, name: string) =>
    Object.entries<Record<string, unknown>>(resource[type]).find(([key]) => key.startsWith(name))![1];
  expect(find("fairlead_port_forward", "Project_Web_Udp6000")).toMatchObject({
    protocol: "udp",
    internal_port: 6000,
    port_count: 11,
    external_ip: "2001:db8::1",
    enabled: false,
    deletion_protection: true,
    expires_at: "2026-12-31T18:00:00+09:00",
  });
  const plain = find("fairlead_port_forward", "Project_Web_Tcp80");
  expect(plain.expires_at).toBe("2026-12-31T09:00:00.000Z");
  expect(Object.keys(plain).sort()).toEqual([
    "expires_at",
    "instance_id",
    "internal_port",
    "project_id",
    "protocol",
  ]);
  expect(find("fairlead_instance", "Project_Keys")).toMatchObject({
    ssh_keys: [key],
    deletion_protection: false,
  });
  expect(find("fairlead_project", "Small")).toMatchObject({
    instance_quota: 0,
    port_forward_quota: 1_000_000,
  });
  expect(Object.keys(find("fairlead_project", "Project")).sort()).toEqual(["name"]);
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
