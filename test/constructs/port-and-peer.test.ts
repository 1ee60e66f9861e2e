import { Fn, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { ConstructError, Peer, Port, Project } from "../../lib";
import { servicesAt } from "../../lib/contract";

function setUp() {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  const web = project.addInstance("Web", { image: "echo", flavor: "small" });
  const variable = (type: string) => new TerraformVariable(stack, type.slice(0, 4), { type });
  return { stack, web, variable };
}

const forwardsOf = (stack: TerraformStack) =>
  Object.values<Record<string, unknown>>(JSON.parse(Testing.synth(stack)).resource.fairlead_port_forward);

const wellKnown = Object.entries(Port).filter((entry): entry is [string, Port] => entry[1] instanceof Port);

test("a well-known port is the port of its number, with the same construct id", () => {
  expect(Port.SSH).toEqual(Port.tcp(22));
  expect(Port.SSH.constructId).toBe("Tcp22");
  expect(Port.DNS_UDP).toEqual(Port.udp(53));
  const { web } = setUp();
  expect(web.forward(Port.SSH).node.path).toBe("dev/Project/Web/Tcp22");
  expect(() => web.forward(Port.tcp(22))).toThrow("Port 22/tcp is forwarded twice (Tcp22)");
});

test("no two well-known ports are the same, and a policy knows them by the service that they are named after", () => {
  expect(wellKnown.length).toBeGreaterThan(20);
  expect(new Set(wellKnown.map(([, port]) => `${port}`)).size).toBe(wellKnown.length);
  const services = wellKnown.flatMap(([name, { protocol, number: first, count }]) => {
    const [service] = servicesAt(protocol, { first, count });
    return service ? [`${name}: ${service.name}`] : [];
  });
  expect(services).toEqual([
    "SSH: ssh",
    "HTTP: http",
    "HTTPS: https",
    "SMB: smb",
    "RDP: remote desktop",
    "VNC: vnc",
    "KUBERNETES: kubernetes",
    "POSTGRES: postgresql",
    "MYSQL: mysql",
    "MSSQL: sql server",
    "ORACLE: oracle",
    "MONGODB: mongodb",
    "REDIS: redis",
    "ELASTICSEARCH: elasticsearch",
  ]);
});

describe("sources of a forward", () => {
  test("are peers, text and tokens, side by side", () => {
    const { stack, web, variable } = setUp();
    const text = variable("string").stringValue;
    const allowedCidrs = [
      Peer.ipv4("198.51.100.0/24"),
      "203.0.113.7/32",
      Peer.ipv6("2001:db8::/32"),
      Peer.ipv4(`${text}/32`),
      text,
    ];
    web.forward(Port.SSH, { allowedCidrs });
    expect(forwardsOf(stack)[0]!.allowed_cidrs).toEqual([
      "198.51.100.0/24",
      "203.0.113.7/32",
      "2001:db8::/32",
      ["$", "{var.stri}/32"].join(""),
      ["$", "{var.stri}"].join(""),
    ]);
  });

  test("are everyone, said aloud", () => {
    const { stack, web } = setUp();
    web.forward(Port.HTTPS, { allowedCidrs: [Peer.anyIpv4(), Peer.anyIpv6()] });
    expect(forwardsOf(stack)[0]!.allowed_cidrs).toEqual(["0.0.0.0/0", "::/0"]);
  });

  test("are a list that only Terraform knows", () => {
    const { stack, web, variable } = setUp();
    const list = variable("list(string)").listValue;
    web.forward(Port.SSH, { allowedCidrs: list });
    web.forward(Port.RDP, { allowedCidrs: Fn.concat([list, ["10.0.0.0/8"]]) });
    expect(forwardsOf(stack).map(({ allowed_cidrs }) => allowed_cidrs)).toEqual([
      ["$", "{var.list}"].join(""),
      ["$", '{concat(var.list, ["10.0.0.0/8"])}'].join(""),
    ]);
  });

  test("are a readonly list that several forwards share", () => {
    const { stack, web } = setUp();
    const office = [Peer.ipv4("198.51.100.0/24")] as const;
    web.forward(Port.SSH, { allowedCidrs: office });
    web.forward(Port.RDP, { allowedCidrs: office });
    expect(forwardsOf(stack).map(({ allowed_cidrs }) => allowed_cidrs)).toEqual([
      ["198.51.100.0/24"],
      ["198.51.100.0/24"],
    ]);
  });

  test("say as text what they are", () => {
    expect(`from ${Peer.ipv4("198.51.100.0/24")}`).toBe("from 198.51.100.0/24");
  });
});

test.each([
  [
    () => Peer.ipv4("198.51.100.7"),
    '[Peer.ipv4] The value is "198.51.100.7", but a source is a CIDR such as 198.51.100.7/32.',
    "Correct the network.",
  ],
  [
    () => Peer.ipv4("198.51.100.7/24"),
    '[Peer.ipv4] The value is "198.51.100.7/24", but address bits behind the prefix must be zero: write 198.51.100.0/24.',
    "Correct the network.",
  ],
  [
    () => Peer.ipv4("2001:db8::/32"),
    '[Peer.ipv4] "2001:db8::/32" is an IPv6 network, but this is for IPv4.',
    'Write Peer.ipv6("2001:db8::/32").',
  ],
  [
    () => Peer.ipv6("10.0.0.0/8"),
    '[Peer.ipv6] "10.0.0.0/8" is an IPv4 network, but this is for IPv6.',
    'Write Peer.ipv4("10.0.0.0/8").',
  ],
  [
    () => Peer.ipv6(undefined as unknown as string),
    "[Peer.ipv6] The value is undefined, but a source is a CIDR such as 198.51.100.0/24.",
    "Correct the network.",
  ],
])("a network that is none is refused at the line that makes the peer (%#)", (make, problem, fix) => {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ConstructError);
    expect((error as Error).message).toBe(`${problem}\n    Fix: ${fix}`);
    const frames = (error as Error).stack!.split("\n").filter((line) => line.startsWith("    at "));
    expect(frames[0]).toContain("port-and-peer.test.ts");
    return;
  }
  throw new Error("Nothing was refused.");
});
