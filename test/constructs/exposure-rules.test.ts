import { Lazy, TerraformStack, Testing } from "cdktf";
import {
  ExposurePolicy,
  type ExposureRuleId,
  type Instance,
  Port,
  type PortForwardOptions,
  Project,
} from "../../lib";

let project: Project;
let web: Instance;

beforeEach(() => {
  const stack = new TerraformStack(Testing.app(), "dev");
  project = new Project(stack, "Project", { name: "ai-lab" });
  web = project.addInstance("Web", { image: "echo", flavor: "small" });
});

/** Nothing that another rule finds. */
const fine = {
  description: "for the build team",
  expiresAt: "2026-12-31T18:00:00+09:00",
  allowedCidrs: ["198.51.100.0/24"],
};
const open = { ...fine, allowedCidrs: undefined };

/** Rules that find something at one forward. */
function found(port: Port, options: PortForwardOptions): ExposureRuleId[] {
  const forward = web.forward(port, { id: "Forward", ...options });
  return ExposurePolicy.review(forward).findings.map(({ rule }) => rule);
}

describe("the port behind the forward counts, not the external one", () => {
  test.each<[Port, ExposureRuleId[]]>([
    [Port.tcp(22), ["ssh-open-to-everyone"]],
    [Port.tcpRange(20, 30), ["ssh-open-to-everyone", "administration-open-to-everyone"]],
    [Port.tcp(3389), ["remote-desktop-open-to-everyone"]],
    [Port.tcp(5900), ["remote-desktop-open-to-everyone"]],
    [Port.tcp(23), ["administration-open-to-everyone"]],
    [Port.tcp(2375), ["administration-open-to-everyone"]],
    [Port.tcp(5432), ["database-open-to-everyone"]],
    [Port.tcp(6379), ["database-open-to-everyone"]],
    [Port.tcp(80), ["plain-http"]],
    [Port.tcp(443), []],
    [Port.tcp(40022), []],
    [Port.udp(22), []],
    [Port.tcpRange(10000, 10099), []],
    [Port.tcpRange(10000, 10100), ["wide-range"]],
  ])("%s", (port, rules) => {
    expect(found(port, { ...open, externalPort: 30080 })).toEqual(rules);
  });

  test("an external port of 22 is nothing", () => {
    expect(found(Port.tcp(7007), { ...open, externalPort: 22 })).toEqual([]);
  });
});

describe("open to everyone is", () => {
  const all = Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`);
  test.each<[string, string[] | undefined, boolean]>([
    ["no sources given", undefined, true],
    ["a list that turns out empty", Lazy.listValue({ produce: () => [] }), true],
    ["all of IPv4", ["0.0.0.0/0"], true],
    ["all of IPv6", ["::/0"], true],
    ["all of IPv4, among others", ["198.51.100.0/24", "0.0.0.0/0"], true],
    ["two halves", ["0.0.0.0/1", "128.0.0.0/1"], true],
    ["one half", ["128.0.0.0/1"], true],
    ["all of IPv4 in 256 parts but one", all.slice(1), true],
    ["all public addresses of IPv6", ["2000::/3"], true],
    ["IPv4 as IPv6 writes it", ["::ffff:0:0/96"], true],
    ["not a network of one's own", ["198.51.100.0/24"], false],
    ["not a quarter, however often", ["0.0.0.0/2", "0.0.0.0/2", "10.0.0.0/8"], false],
    [
      "not one's own networks",
      ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "2001:db8::/32"],
      false,
    ],
  ])("%s", (_, allowedCidrs, isOpen) => {
    expect(found(Port.tcp(22), { ...fine, allowedCidrs })).toEqual(isOpen ? ["ssh-open-to-everyone"] : []);
  });
});

test("a forward that is switched off exposes nothing", () => {
  expect(found(Port.tcpRange(1, 200), { description: "later", enabled: false })).toEqual([]);
});

test("ssh closes some day, and forwards say what they are for", () => {
  expect(found(Port.tcp(22), { allowedCidrs: fine.allowedCidrs, description: " " })).toEqual([
    "ssh-without-expiry",
    "no-description",
  ]);
});

test("too many forwards are told at their instance, once", () => {
  const echo = project.addInstance("Echo", { image: "echo", flavor: "small" });
  for (let port = 7000; port < 7010; port++) web.forward(Port.tcp(port), fine);
  for (let port = 7000; port < 7010; port++) echo.forward(Port.tcp(port), fine);
  expect(ExposurePolicy.review(project).findings).toEqual([]);
  echo.forward(Port.udp(7000), { ...fine, count: 2 });
  expect(ExposurePolicy.review(project).findings).toEqual([
    {
      construct: echo,
      rule: "too-many-forwards",
      level: "warn",
      problem: "12 forwards lead to this instance, more than 10.",
      fix: "Reach several services through one forward (a proxy, a bastion), or several ports by one range.",
    },
  ]);
});
