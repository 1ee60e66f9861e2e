import { found } from "../../lib/cli/adopt/found";
import { forwardIds, instanceId } from "../../lib/cli/adopt/names";
import { programOf } from "../../lib/cli/adopt/program";
import { romanize } from "../../lib/cli/adopt/romanize";
import { wordsOf } from "../../lib/cli/adopt/words";
import type { InventoryLine } from "../../lib/cli/inventory";
import type { Instance, PortForward, Project } from "../../lib/contract";

// What the code is like; that it compiles and imports is shown with the real tools in test/e2e/adopt.test.ts.

const made = { labels: {}, ownershipId: null, revision: 1, createdAt: "2026-01-01T00:00:00Z" };
const lab: Project = {
  ...{ id: "prj-1", name: "ai-lab", description: "", ...made },
  ...{ instanceQuota: null, portForwardQuota: null, externalIps: ["203.0.113.5"], privateCidr: "10.0.0.0/8" },
};

const instance = (name: string, more: Partial<Instance> = {}): Instance => ({
  ...{ id: `ins-${name}`, projectId: lab.id, name, description: "", image: "echo", flavor: "small", ...made },
  ...{ sshKeys: [], deletionProtection: false, privateIp: "10.0.0.2", status: "active", ...more },
});

const forward = (more: Partial<PortForward> = {}): PortForward => ({
  ...{
    id: "fwd-1",
    projectId: lab.id,
    instanceId: "ins-web",
    protocol: "tcp",
    internalPort: 7007,
    portCount: 1,
  },
  ...{ externalPort: 20170, externalIp: "203.0.113.5", internalIp: null, description: "", allowedCidrs: [] },
  ...{
    proxyProtocol: false,
    expiresAt: null,
    enabled: true,
    deletionProtection: false,
    socketAddress: "",
    status: "active",
  },
  ...{ statusReason: null, statistics: null, ...made, ...more },
});

/** The program without imports and comments, for forwards of one instance. */
function body(forwards: readonly Partial<PortForward>[], of = instance("web"), all = false): string {
  const lines: InventoryLine[] = forwards.map((more) => ({
    project: lab,
    instance: of,
    forward: forward(more),
  }));
  const program = programOf(found(lines), all);
  return program.slice(program.indexOf("super(scope, id);\n") + 18, program.indexOf("\n  }\n}\n"));
}

test.each([
  ["학습", "hakseup"],
  ["텐서보드", "tenseobodeu"],
  ["한글 왕", "hangeul wang"],
  ["쓰레기통", "sseuregitong"],
  ["plain", "plain"],
])("%s is read as %s", (korean, latin) => {
  expect(romanize(korean)).toBe(latin);
  expect(romanize(korean.normalize("NFD"))).toBe(latin);
});

test.each([
  ["ssh service", ["ssh", "service"]],
  ["웹 서비스", ["web", "service"]],
  ["웹서버", ["web", "server"]],
  ["SSH 접속해요", ["ssh"]],
  ["프로그램", ["peurogeuraem"]],
  ["Café-API/v2", ["cafe", "api", "v2"]],
  ["WebServer", ["web", "server"]],
  ["東京", []],
  ["", []],
])("%s is made of %j", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test.each<[Partial<PortForward>, string]>([
  [{ description: "grafana for the whole team, please" }, "GrafanaWholeTeam"],
  [{ description: "3d printer" }, "Port3dPrinter"],
  [{ description: "service", internalPort: 5432 }, "Postgresql"],
  [{ internalPort: 3389 }, "RemoteDesktop"],
  [{ internalPort: 9000 }, "Tcp9000"],
  [{ protocol: "udp", internalPort: 6000, portCount: 11 }, "Udp6000To6010"],
])("%j is called %s", (more, id) => {
  expect(forwardIds(forward(more))[0]).toBe(id);
});

test.each([
  [instance("web-server"), "WebServer"],
  [instance("東京", { description: "학습 서버" }), "TrainingServer"],
  [instance("東京"), "Vm"],
  [instance("1번 서버"), "Vm1Server"],
])("an instance is called by its name", (machine, id) => {
  expect(instanceId(machine)).toBe(id);
});

test("ids and variables are unique, and no words of JavaScript", () => {
  const lines = ["delete", "web", "web", "Web"].map((name, i) => ({
    project: lab,
    instance: instance(name, { id: `ins-${i}` }),
    forward: forward({ description: "api", internalPort: 22 }),
  }));
  const program = programOf(found(lines), false);
  expect(program.match(/const (?!asFound|project)\w+/g)).toEqual([
    "const deleteVm",
    "const deleteVmApi",
    "const web",
    "const webApi",
    "const web2",
    "const web2Api",
    "const web3",
    "const web3Api",
    "const app",
  ]);
  expect(program).toContain('Instance.fromInstanceId(this, "Web2", "ins-2", { project });');
  expect(program).toContain('Instance.fromLookup(this, "Web3", { project, name: "Web" });');
  const ports = [8080, 8081, 8082].map((internalPort) => ({ internalPort, description: "웹 서비스" }));
  expect(body(ports).match(/id: "\w+"/g)).toEqual(['id: "Web"', 'id: "WebTcp8081"', 'id: "WebTcp8082"']);
});

test("no variable hides what its code stands among, and no class what the language has", () => {
  const machines = ["id", "scope", "as-found", "project", "ssh sources", "escape", "app"];
  const lines = ["ai-lab", "object", "peer"].flatMap((name) =>
    machines.map((machine) => ({
      project: { ...lab, id: `prj-${name}`, name },
      instance: instance(machine, { id: `ins-${name}-${machine}` }),
      forward: forward({ description: "ssh", internalPort: 22, allowedCidrs: ["198.51.100.0/24"] }),
    })),
  );
  const program = programOf(found(lines), false);
  const variables = ["idVm", "scopeVm", "asFoundVm", "project2", "sshSourcesVm", "escapeVm", "appVm"];
  const ofStack = ["project", ...variables].map((name) => `const ${name}`);
  expect(program.match(/const \w+/g)).toEqual([
    "const sshSources",
    ...[1, 2, 3].flatMap(() => ofStack),
    "const app",
  ]);
  expect(program.match(/class \w+/g)).toEqual(["class AiLab", "class ObjectStack", "class PeerStack"]);
});

test("the id of a stack is its own, also where names differ by nothing but capitals", () => {
  const names = ["x-ray", "xray", "X Ray", "delete"];
  const lines = names.map((name, i) => ({
    project: { ...lab, id: `prj-${i}`, name },
    instance: instance("web", { id: `ins-${i}` }),
    forward: forward(),
  }));
  expect(programOf(found(lines), false).match(/new \w+\(app, .*/g)).toEqual([
    'new XRay(app, "xray");',
    'new Xray(app, "xray2");',
    'new XRayStack(app, "xray-stack");',
    'new Delete(app, "delete");',
  ]);
});

test("a name that another instance has, too, names none, though nothing leads there that was made by hand", () => {
  const web = instance("web");
  const others: [string, Partial<InventoryLine>][] = [
    ["of another stack", {}],
    ["with another stack's forward", { forward: forward({ ownershipId: "base" }) }],
  ];
  for (const [id, more] of others) {
    const lines: InventoryLine[] = [
      { project: lab, instance: web, forward: forward() },
      { project: lab, instance: instance("web", { id, ownershipId: "base" }), ...more },
    ];
    const [lookedUp, imported] = [false, true].map((all) => programOf(found(lines), all));
    expect(lookedUp).toContain('const web = Instance.fromInstanceId(this, "Web", "ins-web", { project });');
    expect(imported).toContain('importFrom: "ins-web"');
    expect(lookedUp + imported!).not.toMatch(/Web2|another stack|fromLookup\(this, "Web/);
  }
});

test("an instance whose name no key can say is imported by its id", () => {
  expect(body([{}], instance("web/1"), true)).toContain('importFrom: "ins-web/1"');
});

test("sources that forwards share are one constant, which is called by what these have in common", () => {
  const office = ["198.51.100.0/24", "2001:db8::/32"];
  const lines = [
    { internalPort: 22, description: "ssh", allowedCidrs: office },
    { internalPort: 2222, description: "ssh", allowedCidrs: [...office].reverse() },
    { internalPort: 80, description: "page", allowedCidrs: ["0.0.0.0/0"] },
  ].map((more) => ({ project: lab, instance: instance("web"), forward: forward(more) }));
  const program = programOf(found(lines), false);
  expect(program).toContain(
    'const sshSources = [Peer.ipv4("198.51.100.0/24"), Peer.ipv6("2001:db8::/32")];\n',
  );
  expect(program.match(/allowedCidrs: .*[,}]/g)).toEqual([
    "allowedCidrs: sshSources,",
    "allowedCidrs: sshSources,",
    "allowedCidrs: [Peer.anyIpv4()],",
  ]);
});

test("no name of a project ends the comment that it stands in", () => {
  const project = { ...lab, name: "**// process.exit(); /*" };
  const program = programOf(found([{ project, instance: instance("web"), forward: forward() }]), false);
  const [comment] = /\/\*\*.*?\*\//s.exec(program)!;
  expect(comment).toContain("Each `importFrom` may go once it is deployed.");
});

test("what the default policy would stop is let through, forward by forward, with a reason", () => {
  const code = body([{ internalPort: 22 }, { internalPort: 2222 }, { internalPort: 3306, enabled: false }]);
  expect(code.match(/ExposurePolicy.*/g)).toEqual([
    'ExposurePolicy.suppress(webSsh, "ssh-open-to-everyone", asFound);',
  ]);
});

test("no text turns the reading direction of the code", () => {
  const turned = "\u202eon\u2066 \u007f";
  expect(body([{ description: turned }])).toContain(`description: "\\u202eon\\u2066 \\u007f"`);
  const lines = [{ project: { ...lab, name: turned }, instance: instance("web"), forward: forward() }];
  expect(programOf(found(lines), false)).not.toMatch(/[\u202e\u2066\u007f]/);
});

test("all that a forward has is there, and nothing that is as it would be anyway", () => {
  const labels = { team: "lab", "cost/center": "7" };
  const description = 'say "hi" to $\u007bvar.x}\n줄';
  const expiresAt = "2030-01-01T00:00:00Z";
  expect(
    body([{ description, labels, proxyProtocol: true, expiresAt, enabled: false, deletionProtection: true }]),
  ).toBe(
    `    const project = Project.fromLookup(this, "Project", { name: "ai-lab" });

    const web = Instance.fromLookup(this, "Web", { project, name: "web" });
    web.forward(Port.tcp(7007), {
      id: "SayHiVar",
      description: 'say "hi" to $\\u0024{var.x}\\n줄',
      labels: { team: "lab", "cost/center": "7" },
      proxyProtocol: true,
      expiresAt: "2030-01-01T00:00:00Z",
      enabled: false,
      deletionProtection: true,
      importFrom: "203.0.113.5:20170/tcp",
    });`,
  );
});

test("instances and the project come along where they are asked for, but for those of another stack", () => {
  const machine = instance("web", { description: "page", sshKeys: ["ssh-ed25519 AAAA me"] });
  expect(body([{}], machine, true)).toBe(
    `    const project = new Project(this, "Project", { name: "ai-lab", importFrom: "ai-lab" });

    const web = project.addInstance("Web", {
      image: "echo",
      flavor: "small",
      description: "page",
      sshKeys: ["ssh-ed25519 AAAA me"],
      importFrom: "ai-lab/web",
    });
    web.forward(Port.tcp(7007), { importFrom: "203.0.113.5:20170/tcp" });`,
  );
  expect(body([{}], instance("web", { ownershipId: "base" }), true)).toContain("Instance.fromLookup");
});
