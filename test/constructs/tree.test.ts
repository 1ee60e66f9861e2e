import { Annotations, Aspects, TerraformOutput, TerraformStack, Testing } from "cdktf";
import type { IConstruct } from "constructs";
import { FairleadProvider, Instance, Port, PortForward, Project } from "../../lib";
import { InstanceResource, PortForwardResource, ProjectResource } from "../../lib/bindings";
import { type CompiledPackage, compilePackage } from "../support/compiled-package";

/** What a provider of the stack "dev" has without being told. */
const marks = {
  ownership_id: "dev",
  plan_id: ["plantimestamp()", "terraform.workspace"].map((text) => `\${${text}}`).join(" "),
};

const machine = { image: "echo", flavor: "small" };

function setUp() {
  const stack = new TerraformStack(Testing.app(), "dev");
  const project = new Project(stack, "Project", { name: "ai-lab" });
  const web = project.addInstance("Web", machine);
  return { stack, project, web, page: web.forward(Port.tcp(8080)) };
}

const synthesize = (stack: TerraformStack) => JSON.parse(Testing.synth(stack));

test("construct paths and Terraform's addresses are a contract", () => {
  const { stack, web } = setUp();
  web.forward(Port.udp(53));
  web.forward(Port.tcp(22), { id: "Ssh" });
  web.forward(Port.tcpRange(6000, 6010));
  web.forward(Port.udpRange(6000, 6010));
  web.forward(Port.tcpRange(7000, 7000));
  new PortForward(stack, "Direct", { instance: web, port: Port.tcp(9000) });
  expect(stack.node.findAll().map(({ node }) => node.path)).toMatchInlineSnapshot(`
    [
      "dev",
      "dev/Project",
      "dev/Project/Default",
      "dev/Project/Web",
      "dev/Project/Web/Default",
      "dev/Project/Web/Tcp8080",
      "dev/Project/Web/Tcp8080/Default",
      "dev/Project/Web/Udp53",
      "dev/Project/Web/Udp53/Default",
      "dev/Project/Web/Ssh",
      "dev/Project/Web/Ssh/Default",
      "dev/Project/Web/Tcp6000To6010",
      "dev/Project/Web/Tcp6000To6010/Default",
      "dev/Project/Web/Udp6000To6010",
      "dev/Project/Web/Udp6000To6010/Default",
      "dev/Project/Web/Tcp7000",
      "dev/Project/Web/Tcp7000/Default",
      "dev/Direct",
      "dev/Direct/Default",
    ]
  `);
  const { resource } = synthesize(stack);
  expect(
    Object.entries(resource).flatMap(([type, all]) =>
      Object.keys(all as object).map((name) => `${type}.${name}`),
    ),
  ).toMatchInlineSnapshot(`
    [
      "fairlead_instance.Project_Web_61AC688E",
      "fairlead_port_forward.Direct",
      "fairlead_port_forward.Project_Web_Ssh_4A98E3E3",
      "fairlead_port_forward.Project_Web_Tcp6000To6010_90DDC281",
      "fairlead_port_forward.Project_Web_Tcp7000_6DCF7E9B",
      "fairlead_port_forward.Project_Web_Tcp8080_2AD47CE7",
      "fairlead_port_forward.Project_Web_Udp53_2DBA2991",
      "fairlead_port_forward.Project_Web_Udp6000To6010_DB32EE65",
      "fairlead_project.Project",
    ]
  `);
});

test("the resource of each construct is its default child", () => {
  const { project, web, page } = setUp();
  expect(project.node.defaultChild).toBeInstanceOf(ProjectResource);
  expect(web.node.defaultChild).toBeInstanceOf(InstanceResource);
  expect(page.node.defaultChild).toBeInstanceOf(PortForwardResource);
});

test("a block of the resource can be read, put and reset, whether it was given or not", () => {
  const { stack, page } = setUp();
  const resource = page.node.defaultChild as PortForwardResource;
  const timeouts = () =>
    Object.values<{ timeouts?: object }>(synthesize(stack).resource.fairlead_port_forward)[0]!.timeouts;
  expect([resource.timeoutsInput, timeouts()]).toEqual([undefined, undefined]);
  resource.putTimeouts({ create: "20m" });
  expect([resource.timeoutsInput, timeouts()]).toEqual([{ create: "20m" }, { create: "20m" }]);
  new TerraformOutput(stack, "time", { value: resource.timeouts.create });
  expect(synthesize(stack).output.time.value).toMatch(/\.timeouts\.create\}$/);
  resource.resetTimeouts();
  expect([resource.timeoutsInput, timeouts()]).toEqual([undefined, undefined]);
});

test("attributes are references to what Terraform will know", () => {
  const { stack, project, web, page } = setUp();
  const attributes = [
    project.projectId,
    project.projectName,
    project.privateCidr,
    project.externalIps,
    project.effectiveLabels,
    project.ownershipId,
    project.createdAt,
    web.instanceId,
    web.instanceName,
    web.privateIp,
    web.status,
    web.effectiveLabels,
    web.ownershipId,
    web.createdAt,
    page.portForwardId,
    page.externalIp,
    page.externalPort,
    page.internalIp,
    page.socketAddress,
    page.status,
    page.expiresAt,
    page.effectiveLabels.lookup("env"),
    page.ownershipId,
    page.createdAt,
  ];
  attributes.forEach((value, i) => {
    new TerraformOutput(stack, `${i}`, { value });
  });
  const outputs = Object.values<{ value: string }>(synthesize(stack).output);
  expect(outputs.map(({ value }) => value.replace(/_[0-9A-F]{8}\b/, ""))).toMatchInlineSnapshot(`
    [
      "\${fairlead_project.Project.id}",
      "\${fairlead_project.Project.name}",
      "\${fairlead_project.Project.private_cidr}",
      "\${fairlead_project.Project.external_ips}",
      "\${fairlead_project.Project.effective_labels}",
      "\${fairlead_project.Project.ownership_id}",
      "\${fairlead_project.Project.created_at}",
      "\${fairlead_instance.Project_Web.id}",
      "\${fairlead_instance.Project_Web.name}",
      "\${fairlead_instance.Project_Web.private_ip}",
      "\${fairlead_instance.Project_Web.status}",
      "\${fairlead_instance.Project_Web.effective_labels}",
      "\${fairlead_instance.Project_Web.ownership_id}",
      "\${fairlead_instance.Project_Web.created_at}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.id}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.external_ip}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.external_port}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.internal_ip}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.socket_address}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.status}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.expires_at}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.effective_labels["env"]}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.ownership_id}",
      "\${fairlead_port_forward.Project_Web_Tcp8080.created_at}",
    ]
  `);
});

test("Terraform's meta-arguments reach the resource, and constructs can be depended on", () => {
  const { stack, project, web, page } = setUp();
  const other = project.addInstance("Other", {
    ...machine,
    dependsOn: [web, page],
    lifecycle: { preventDestroy: true, replaceTriggeredBy: [web] },
    provisioners: [{ type: "local-exec", command: "true" }],
    connection: { type: "ssh", host: "198.51.100.1" },
  });
  const instance =
    synthesize(stack).resource.fairlead_instance[
      (other.node.defaultChild as InstanceResource).friendlyUniqueId
    ];
  expect(instance.depends_on).toEqual([
    expect.stringMatching(/^fairlead_instance\.Project_Web_/),
    expect.stringMatching(/^fairlead_port_forward\.Project_Web_Tcp8080_/),
  ]);
  expect(instance.lifecycle).toEqual({
    create_before_destroy: true,
    prevent_destroy: true,
    replace_triggered_by: [expect.stringMatching(/fairlead_instance\.Project_Web_/)],
  });
  expect(instance.provisioner).toEqual([{ "local-exec": { command: "true" } }]);
  expect(instance.connection).toEqual({ type: "ssh", host: "198.51.100.1" });
});

test("an instance is created before it is destroyed, unless the user wants it otherwise", () => {
  const { stack, project } = setUp();
  const old = project.addInstance("Old", {
    ...machine,
    lifecycle: { createBeforeDestroy: false },
  });
  const { fairlead_instance } = synthesize(stack).resource;
  const lifecycles = Object.entries<{ lifecycle: object }>(fairlead_instance).map(([name, { lifecycle }]) => [
    name === (old.node.defaultChild as InstanceResource).friendlyUniqueId,
    lifecycle,
  ]);
  expect(lifecycles).toContainEqual([true, { create_before_destroy: false }]);
  expect(lifecycles).toContainEqual([false, { create_before_destroy: true }]);
});

describe("providers", () => {
  const providersIn = (stack: TerraformStack) => synthesize(stack).provider.fairlead;

  test("a stack without one gets one, configured from the environment", () => {
    const { stack } = setUp();
    expect(providersIn(stack)).toEqual([marks]);
    expect(providersIn(stack)).toEqual([marks]);
    expect(synthesize(stack).terraform.required_providers.fairlead.source).toBe(
      "fairlead.internal/fairlead/fairlead",
    );
  });

  test("one that is made later is enough", () => {
    const { stack } = setUp();
    new FairleadProvider(stack, "Fairlead", {
      endpoint: "http://127.0.0.1:7878",
    });
    expect(providersIn(stack)).toEqual([{ ...marks, endpoint: "http://127.0.0.1:7878" }]);
  });

  test("what it makes bears the stack's path, unless told otherwise, and the provider's labels", () => {
    const app = Testing.app();
    const outer = new TerraformStack(app, "outer");
    const inner = new TerraformStack(outer, "inner");
    const labels = { team: "lab" };
    const provider = new FairleadProvider(inner, "Fairlead", {
      defaultLabels: labels,
    });
    expect(providersIn(inner)).toEqual([{ ...marks, ownership_id: "outer/inner", default_labels: labels }]);
    provider.ownershipId = "mine";
    expect(providersIn(inner)).toEqual([expect.objectContaining({ ownership_id: "mine" })]);
    new FairleadProvider(outer, "Fairlead", {
      ownershipId: "lab of outer",
      planId: "one plan",
    });
    expect(providersIn(outer)).toEqual([{ ownership_id: "lab of outer", plan_id: "one plan" }]);
  });

  test("two aliases work in one stack; what a project or instance adds takes its provider", () => {
    const stack = new TerraformStack(Testing.app(), "dev");
    const east = new FairleadProvider(stack, "East", {
      alias: "east",
      endpoint: "http://east:7878",
    });
    const west = new FairleadProvider(stack, "West", {
      alias: "west",
      endpoint: "http://west:7878",
    });
    for (const [id, provider] of [["A", east] as const, ["B", west] as const]) {
      const project = new Project(stack, id, { name: id, provider });
      project.addInstance("Web", machine).forward(Port.tcp(80), { externalPort: 30080 });
      project
        .addInstance("Other", { ...machine, provider: undefined })
        .forward(Port.tcp(80), { provider: west });
    }
    const { provider, resource } = synthesize(stack);
    expect(provider.fairlead).toEqual([
      { ...marks, plan_id: `${marks.plan_id} east`, alias: "east", endpoint: "http://east:7878" },
      { ...marks, plan_id: `${marks.plan_id} west`, alias: "west", endpoint: "http://west:7878" },
    ]);
    const chosen = (type: string, name: string) =>
      Object.entries<{ provider?: string }>(resource[type]).find(([key]) => key.startsWith(name))?.[1]
        .provider;
    expect(chosen("fairlead_project", "A")).toBe("fairlead.east");
    expect(chosen("fairlead_instance", "A_Web")).toBe("fairlead.east");
    expect(chosen("fairlead_port_forward", "A_Web_Tcp80")).toBe("fairlead.east");
    expect(chosen("fairlead_port_forward", "B_Web_Tcp80")).toBe("fairlead.west");
    expect(chosen("fairlead_port_forward", "A_Other_Tcp80")).toBe("fairlead.west");
  });
});

test("providers of one stack and platform have plans of their own, since equal keys would mean one thing", () => {
  const stack = new TerraformStack(Testing.app(), "dev");
  new FairleadProvider(stack, "Main");
  new FairleadProvider(stack, "Again", { alias: "again" });
  new FairleadProvider(stack, "Run", { alias: "run", planId: "run 7" });
  const plans = synthesize(stack).provider.fairlead.map(({ plan_id }: { plan_id: string }) => plan_id);
  expect(plans).toEqual([marks.plan_id, `${marks.plan_id} again`, "run 7"]);
});

test("an existing project takes instances by its id", () => {
  const stack = new TerraformStack(Testing.app(), "dev");
  const lab = Project.fromProjectId(stack, "Lab", "prj-1");
  lab.addInstance("Web", machine).forward(Port.tcp(80));
  const { resource } = synthesize(stack);
  expect(Object.values(resource.fairlead_port_forward)).toEqual([
    expect.objectContaining({ project_id: "prj-1" }),
  ]);
  expect(resource.fairlead_project).toBeUndefined();
});

test("an aspect of the stack sees every construct, and may refuse it", () => {
  const { stack } = setUp();
  const seen: string[] = [];
  Aspects.of(stack).add({
    visit: (node: IConstruct) => {
      if (!PortForward.isPortForward(node)) return;
      seen.push(`${node.instance.node.path} ${node.port}`);
      Annotations.of(node).addWarning("seen");
    },
  });
  Testing.synth(stack);
  expect(seen).toEqual(["dev/Project/Web 8080/tcp"]);
});

test("a stack within a stack has a provider and settings of its own", () => {
  const outer = new TerraformStack(Testing.app(), "outer");
  const inner = new TerraformStack(outer, "inner");
  new FairleadProvider(inner, "Fairlead", { ownershipId: "mine" });
  new Project(outer, "Lab", { name: "lab" });
  new Project(inner, "Lab", { name: "lab" });
  const marked = (ownership_id: string) => [expect.objectContaining({ ownership_id })];
  expect(synthesize(outer).provider.fairlead).toEqual(marked("outer"));
  expect(synthesize(inner).provider.fairlead).toEqual(marked("mine"));
});

describe("two copies of the package in one app", () => {
  let other: CompiledPackage;
  beforeAll(() => {
    other = compilePackage();
  });
  afterAll(() => other.remove());

  test("know each other's constructs and work together", () => {
    const { stack, project, web, page } = setUp();
    expect(other.library.Project).not.toBe(Project);
    expect(other.library.Project.isProject(project)).toBe(true);
    expect(other.library.Instance.isInstance(web)).toBe(true);
    expect(other.library.PortForward.isPortForward(page)).toBe(true);
    expect(other.library.Instance.isInstance(page)).toBe(false);
    expect(Instance.isInstance(undefined)).toBe(false);
    new other.library.PortForward(stack, "Theirs", {
      instance: web,
      port: other.library.Port.tcp(22),
    });
    expect(FairleadProvider.isFairleadProvider(new other.library.FairleadProvider(stack, "P"))).toBe(true);
    expect(synthesize(stack).provider.fairlead).toEqual([marks]);
  });
});
