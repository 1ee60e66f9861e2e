import { TerraformOutput, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { Instance, Port, Project, type ProjectProps } from "../../lib";
import { answerLookups } from "../../lib/constructs/lookup-answers";

const machine = { image: "echo", flavor: "small" };

function setUp(props: Partial<ProjectProps> = {}) {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab", ...props });
  return { stack, project, web: project.addInstance("Web", machine) };
}

/** A text as Terraform gets it, resources by the last part of their path. */
function written(stack: TerraformStack, value: string): string {
  new TerraformOutput(stack, "text", { value });
  const { output } = JSON.parse(Testing.synth(stack)) as { output: { text: { value: string } } };
  return output.text.value.replace(/\$\{fairlead_\w+?\.(?:\w+_)?([A-Za-z0-9]+)_\w{8}\.(\w+)\}/g, "<$1.$2>");
}

describe("several instances of one kind", () => {
  test("have a number behind id and name", () => {
    const { stack, project } = setUp();
    const workers = project.addInstances("GpuWorker", 3, machine);
    expect(workers.map(({ node }) => node.path)).toEqual(
      [1, 2, 3].map((number) => `dev/Project/GpuWorker${number}`),
    );
    project.addInstances("Db", 2, { ...machine, name: "postgres" });
    const instances = JSON.parse(Testing.synth(stack)).resource.fairlead_instance;
    const names = Object.values<{ name: string }>(instances).map(({ name }) => name);
    expect(names).toEqual([
      "postgres-1",
      "postgres-2",
      "gpu-worker-1",
      "gpu-worker-2",
      "gpu-worker-3",
      "web",
    ]);
  });

  test("are none where none is wanted, and a count that is none is refused", () => {
    const { stack, project } = setUp();
    expect(project.addInstances("Worker", 0, machine)).toEqual([]);
    const fix = "Fix: Pass such a number; for one that only Terraform knows, addInstance with `count`.";
    const rule = "but it is a whole number that is known at synthesis.";
    const token = new TerraformVariable(stack, "count", { type: "number" }).numberValue;
    for (const [count, text] of [
      [2.5, "2.5"],
      [-1, "-1"],
      [token, "a token"],
    ] as const) {
      expect(() => project.addInstances("Worker", count, machine)).toThrow(
        `[dev/Project] The count of Worker is ${text}, ${rule}\n    ${fix}`,
      );
    }
  });
});

describe("what people want to know of a forward", () => {
  test("is a URL", () => {
    const { stack, web } = setUp();
    const page = web.forward(Port.HTTP);
    expect(written(stack, page.url("http", "/health"))).toBe("http://<Tcp80.socket_address>/health");
    expect(() => page.url("http://")).toThrow(
      '[dev/Project/Web/Tcp80] The scheme of a URL is "http://", but it is a word such as http.\n' +
        '    Fix: Leave "://" and all that follows out: url("http").',
    );
    expect(() => page.url("https", "health")).toThrow(
      'The path of a URL is "health", but a path begins with a slash.\n    Fix: Write url("https", "/health").',
    );
  });

  test("is a command", () => {
    const { stack, web } = setUp();
    const ssh = web.forward(Port.SSH);
    expect(written(stack, `${ssh.sshCommand("ubuntu")}, ${ssh.sshCommand()}`)).toBe(
      "ssh -p <Tcp22.external_port> ubuntu@<Tcp22.external_ip>, ssh -p <Tcp22.external_port> <Tcp22.external_ip>",
    );
    expect(() => ssh.sshCommand("a; rm -rf /")).toThrow(
      '[dev/Project/Web/Tcp22] The user is "a; rm -rf /", but it has letters, digits, dots, underscores and hyphens only.',
    );
  });
});

describe("the ssh configuration of a project", () => {
  test("has a host for each ssh forward, also one that is declared later, and for nothing else", () => {
    const { stack, project, web } = setUp();
    const text = project.sshConfig({ user: "ubuntu", identityFile: "~/.ssh/lab key" });
    web.forward(Port.HTTP);
    web.forward(Port.udp(22));
    web.forward(Port.SSH);
    new Instance(stack, "Db", { ...machine, project, name: "Main database" }).forward(Port.tcp(22), {
      id: "Ssh",
    });
    new Project(stack, "Other", { name: "other" }).addInstance("Theirs", machine).forward(Port.SSH);
    expect(written(stack, text)).toBe(`Host web
  HostName <Tcp22.external_ip>
  Port <Tcp22.external_port>
  HostKeyAlias fairlead/dev/project/web
  User ubuntu
  IdentityFile "~/.ssh/lab key"

Host main-database
  HostName <Ssh.external_ip>
  Port <Ssh.external_port>
  HostKeyAlias fairlead/dev/db
  User ubuntu
  IdentityFile "~/.ssh/lab key"
`);
  });

  test("reaches the other instances through one of them", () => {
    const { stack, project, web } = setUp();
    project.addInstance("Db", machine);
    const proxyJump = web.forward(Port.SSH);
    expect(written(stack, project.sshConfig({ proxyJump }))).toBe(`Host web
  HostName <Tcp22.external_ip>
  Port <Tcp22.external_port>
  HostKeyAlias fairlead/dev/project/web

Host db
  HostName <Db.private_ip>
  Port 22
  HostKeyAlias fairlead/dev/project/db
  ProxyJump web
`);
  });

  test("has the instances of every construct that is the same existing project, and of no other", () => {
    const stack = new TerraformStack(Testing.app(), "dev");
    answerLookups({
      projects: ["lab", "other"].map((name) => ({ id: `prj-${name}`, name, externalIps: ["203.0.113.5"] })),
    });
    const lab = Project.fromLookup(stack, "Lab", { name: "lab" });
    const again = Project.fromLookup(stack, "Again", { name: "lab" });
    const byId = Project.fromProjectId(stack, "ById", "prj-lab");
    const other = Project.fromLookup(stack, "Other", { name: "other" });
    answerLookups(undefined);
    const proxyJump = again.addInstance("Web", machine).forward(Port.SSH);
    byId.addInstance("Db", machine);
    other.addInstance("Theirs", machine);
    const hosts = (text: string) => written(stack, text).match(/^Host .*$/gm);
    expect(hosts(lab.sshConfig({ proxyJump }))).toEqual(["Host web", "Host db"]);
    expect(() => other.sshConfig({ proxyJump })).toThrow(
      "[dev/Other] dev/Again/Web/Tcp22 is no way into the project",
    );
  });

  test("tells instances of one name apart, and says what it leaves out", () => {
    const { stack, project, web } = setUp();
    web.forward(Port.SSH);
    const twin = project.addInstance("Twin", { ...machine, name: "web" });
    twin.forward(Port.SSH);
    const many = project.addInstance("Many", { ...machine });
    const forward = many.forward(Port.SSH);
    (forward.node.defaultChild as unknown as { count: number }).count = 2;
    const text = written(stack, project.sshConfig());
    const [one, other] = [web, twin].map(({ node }) => `web-${node.addr.slice(-6)}`);
    expect(text.match(/^Host .*$/gm)).toEqual([`Host ${one}`, `Host ${other}`]);
    expect(text).toContain(
      "\n# dev/Project/Many/Tcp22 is several forwards (count or for_each): not in here.\n",
    );
  });

  test("refuses what would break it", () => {
    const { project, web } = setUp();
    expect(() => project.sshConfig({ user: "ubuntu\n  ProxyCommand evil" })).toThrow(
      '[dev/Project] user of the ssh configuration is "ubuntu\\n  ProxyCommand evil", but it would break the file.',
    );
    expect(() => project.sshConfig({ proxyJump: web.forward(Port.HTTP) })).toThrow(
      "[dev/Project] dev/Project/Web/Tcp80 is no way into the project: it forwards 80/tcp of dev/Project/Web.\n" +
        "    Fix: Pass a forward of Port.SSH, of an instance of this project, without `count` or `forEach`.",
    );
  });
});
