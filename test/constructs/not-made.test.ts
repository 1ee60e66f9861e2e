import { TerraformStack, Testing } from "cdktf";
import { ExposurePolicy, FairleadProvider, Instance, Port, Project } from "../../lib";
import { readSynthesized } from "../../lib/report/read/synthesized";

// What is repeated no times is not made.

let stack: TerraformStack;
let project: Project;
const machine = { image: "echo", flavor: "small" };
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "dev");
  new FairleadProvider(stack, "Fairlead");
  project = new Project(stack, "Project", { name: "ai-lab" });
});

const found = () =>
  ExposurePolicy.review(stack).findings.map(({ construct, rule }) => `${construct.node.path} ${rule}`);
const described = { description: "test" };

test.each([0, 1])("a forward with count %d exposes as much as it says", (count) => {
  project.addInstance("Web", machine).forward(Port.SSH, { ...described, count });
  const rules = ["ssh-open-to-everyone", "ssh-without-expiry"];
  expect(found()).toEqual(count === 0 ? [] : rules.map((rule) => `dev/Project/Web/Tcp22 ${rule}`));
});

test("a forward of an instance that is not made is none either", () => {
  project.addInstance("Web", { ...machine, count: 0 }).forward(Port.SSH, described);
  expect(found()).toEqual([]);
  expect(() => Testing.synth(stack, true)).not.toThrow();
});

test("what is accepted of it stays accepted, for where it is made", () => {
  const ssh = project.addInstance("Web", machine).forward(Port.SSH, { ...described, count: 0 });
  ExposurePolicy.suppress(ssh, "ssh-open-to-everyone", "a honeypot");
  expect(ExposurePolicy.review(stack)).toMatchObject({ findings: [], suppressed: [], idle: [] });
});

test("of the forwards of an instance those that are made are counted, whichever comes first", () => {
  const web = Instance.fromInstanceId(stack, "Web", "ins-1", { project });
  web.forward(Port.tcp(9000), { ...described, count: 0 });
  for (let port = 9001; port <= 9011; port++) web.forward(Port.tcp(port), described);
  expect(ExposurePolicy.review(stack).findings.map(({ rule, problem }) => `${rule}: ${problem}`)).toEqual([
    "too-many-forwards: 11 forwards lead to this instance, more than 10.",
  ]);
});

test("reports do not show it", () => {
  const web = project.addInstance("Web", machine);
  web.forward(Port.HTTPS, described);
  web.forward(Port.SSH, { ...described, count: 0 });
  project.addInstance("None", { ...machine, count: 0 });
  const { objects } = readSynthesized(JSON.parse(Testing.synth(stack)));
  expect(objects.map(({ address }) => address.replace(/_[0-9A-F]{8}$/, "")).sort()).toEqual([
    "fairlead_instance.Project_Web",
    "fairlead_port_forward.Project_Web_Tcp443",
    "fairlead_project.Project",
  ]);
});
