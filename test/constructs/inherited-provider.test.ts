import { type TerraformResource, TerraformStack, Testing } from "cdktf";
import { FairleadProvider, Instance, type IProject, Port, PortForward, Project } from "../../lib";
import { answerLookups } from "../../lib/constructs/lookup-answers";

// What belongs to a project or an instance goes where that is, unless it is told otherwise.

const machine = { image: "echo", flavor: "small" };

let stack: TerraformStack;
let here: FairleadProvider;
let there: FairleadProvider;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  here = new FairleadProvider(stack, "Here", { endpoint: "http://here:7878" });
  there = new FairleadProvider(stack, "There", { alias: "there", endpoint: "http://there:7878" });
});
afterEach(() => answerLookups(undefined));

const providerOf = ({ node }: Instance | PortForward) => (node.defaultChild as TerraformResource).provider;

/** A project of the platform of a provider, as it was looked up. */
function lookUp(id: string, provider: FairleadProvider) {
  answerLookups({
    projects: [{ id: "prj-1", name: "lab", externalIps: ["203.0.113.5"], privateCidr: "10.0.0.0/24" }],
  });
  const project = Project.fromLookup(stack, id, { name: "lab", provider });
  answerLookups(undefined);
  return project;
}

test.each<[string, () => IProject]>([
  ["made", () => new Project(stack, "Lab", { name: "lab", provider: there })],
  ["named by its id", () => Project.fromProjectId(stack, "Lab", "prj-1", { provider: there })],
  ["looked up", () => lookUp("Lab", there)],
])("constructs of their own take the provider of a project that is %s", (_, lab) => {
  const project = lab();
  const web = new Instance(stack, "Web", { ...machine, project });
  const ssh = new PortForward(stack, "Ssh", { instance: web, port: Port.SSH });
  const db = Instance.fromInstanceId(stack, "Db", "ins-1", { project });
  const page = new PortForward(stack, "Page", { instance: db, port: Port.HTTP });
  const made = [web, ssh, page, db.forward(Port.HTTPS), project.addInstance("Cache", machine)];
  expect(made.map(providerOf)).toEqual(made.map(() => there));
  const elsewhere = new Instance(stack, "Elsewhere", { ...machine, project, provider: here });
  expect([elsewhere, elsewhere.forward(Port.SSH)].map(providerOf)).toEqual([here, here]);
  const resources = JSON.parse(Testing.synth(stack)).resource;
  expect(resources.fairlead_port_forward.Ssh.provider).toBe("fairlead.there");
});

test("the platform of the project's provider is asked", () => {
  const project = lookUp("Lab", there);
  expect(() => Instance.fromLookup(stack, "Web", { project, name: "web" })).toThrow(
    '[dev/Web] "instance web of project lab at http://there:7878" is not in',
  );
  const port = { externalIp: "203.0.113.5", externalPort: 20170, protocol: "tcp" } as const;
  expect(() => PortForward.fromLookup(stack, "Page", { ...port, project })).toThrow("at http://there:7878");
  expect(() => PortForward.fromLookup(stack, "Other", { ...port, project, provider: here })).toThrow(
    "at http://here:7878",
  );
});

test("an instance that was looked up hands the project's provider on", () => {
  const project = lookUp("Lab", there);
  answerLookups({ instances: [{ id: "ins-1", projectId: "prj-1", name: "web", privateIp: "10.0.0.2" }] });
  const web = Instance.fromLookup(stack, "Web", { project, name: "web" });
  expect(providerOf(web.forward(Port.SSH))).toBe(there);
});

test("a provider of another stack is none of this one's", () => {
  const project = Project.fromProjectId(stack, "Lab", "prj-1", { provider: there });
  const other = new TerraformStack(stack.node.root, "other");
  const web = new Instance(other, "Web", { ...machine, project });
  expect([web, web.forward(Port.SSH)].map(providerOf)).toEqual([undefined, undefined]);
});
