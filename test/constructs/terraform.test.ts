import { join } from "node:path";
import { AppFolder } from "../support/app";
import { builtProvider, type CompiledPackage, compilePackage } from "../support/compiled-package";

// What constructs make of every option, shown to the real Terraform with the real provider (`npm run build`).

let fairlead: CompiledPackage;
let app: AppFolder;
beforeAll(() => {
  fairlead = compilePackage(builtProvider);
});
afterAll(() => fairlead.remove());
beforeEach(() => {
  app = new AppFolder(fairlead);
});
afterEach(() => app.remove());

const terraform = (command: string, ...args: string[]) => app.terraform({}, command, ...args);

const program = (options: string) => `
  new fairlead.FairleadProvider(stack, "Fairlead", {
    endpoint: "http://127.0.0.1:1",
    token: new fairlead.EphemeralVariable(stack, "token").stringValue,
    defaultLabels: { team: "lab" },
  });
  const timeouts = { create: "20m", update: "90s", delete: "1h30m" };
  const project = new fairlead.Project(stack, "Project", {
    name: "ai-lab", instanceQuota: 10, portForwardQuota: 100, timeouts,
  });
  const secret = new fairlead.EphemeralVariable(stack, "secret").stringValue;
  const web = project.addInstance("Web", {
    image: "echo", flavor: "small", timeouts,
    sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB lab"],
    deletionProtection: true,
    userData: "#!/bin/sh\\nexport KEY=" + secret + "; echo \\"\${HOME} %{x}\\"\\n",
    userDataVersion: "1",
  });
  const plain = project.addInstance("Plain", { image: "echo", flavor: "small", userData: "echo \\"\${HOME}\\"" });
  web.forward(fairlead.Port.tcpRange(6000, 6010), {
    externalPort: 31000, externalIp: "127.0.0.1", allowedCidrs: ["10.0.0.0/8"], timeouts,
    expiresAt: new Date(Date.UTC(2099, 0, 1)), enabled: false, deletionProtection: true,
    proxyProtocol: true,
  });
  const last = new cdktf.TerraformVariable(stack, "last", { type: "number", default: 5010 });
  web.forward(fairlead.Port.udpRange(5000, last.numberValue), { id: "Media" });
  ${options}
`;

test("every option is valid to it, ephemeral variables and plan ids included", () => {
  expect(app.run(program(""))).toMatchObject({ status: 0 });
  expect(terraform("init", "-input=false")).toMatchObject({ status: 0 });
  expect(terraform("validate")).toEqual({ status: 0, output: "Success! The configuration is valid.\n\n" });
});

test("data sources are read by their L1 classes", () => {
  const bindings = JSON.stringify(join(fairlead.folder, "dist/bindings"));
  const sources = `
    const bindings = require(${bindings});
    const { projectId } = project;
    const sources = [
      new bindings.ProjectDataSource(stack, "AProject", { name: "other" }),
      new bindings.InstanceDataSource(stack, "AnInstance", { projectId, name: "web" }),
      new bindings.PortForwardDataSource(stack, "AForward", { externalPort: 31000, protocol: "tcp" }),
    ];
    sources.forEach((source, i) => new cdktf.TerraformOutput(stack, "team" + i, { value: source.labels.lookup("team") }));
    const lists = {
      instances: new bindings.InstancesDataSource(stack, "Instances", { labels: { team: "lab" } }).instances,
      forwards: new bindings.PortForwardsDataSource(stack, "Forwards", { projectId, protocol: "udp" }).portForwards,
      images: new bindings.ImagesDataSource(stack, "Images").images,
      flavors: new bindings.FlavorsDataSource(stack, "Flavors").flavors,
    };
    for (const name in lists) new cdktf.TerraformOutput(stack, name, { value: lists[name].get(0).description });
  `;
  expect(app.run(program(sources))).toMatchObject({ status: 0 });
  expect(terraform("init", "-input=false")).toMatchObject({ status: 0 });
  expect(terraform("validate")).toEqual({ status: 0, output: "Success! The configuration is valid.\n\n" });
});

test("what only it knows is refused by the provider where it is wrong", () => {
  app.run(
    program('project.addInstance("Slow", { image: "echo", flavor: "small", timeouts: { create: "soon" } });'),
  );
  expect(terraform("init", "-input=false")).toMatchObject({ status: 0 });
  const { status, output } = terraform("validate");
  expect(status).toBe(1);
  expect(output).toContain('"soon" is no duration.');
});

test("an ephemeral value cannot be given to what is kept in a state", () => {
  app.run(program('project.addInstance("Leak", { image: "echo", flavor: "small", description: secret });'));
  expect(terraform("init", "-input=false")).toMatchObject({ status: 0 });
  const { status, output } = terraform("validate");
  expect(status).toBe(1);
  expect(output).toContain("Invalid use of ephemeral value");
});
