import { Aspects, TerraformStack, Testing } from "cdktf";
import { ExposurePolicy, type Instance, Port, Project } from "fairlead";
import { office, TeamPolicy, Workbench } from "../lib";

let stack: TerraformStack;
let web: Instance;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "policy");
  Aspects.of(stack).add(new TeamPolicy());
  const project = new Project(stack, "Project", { name: "policy" });
  web = project.addInstance("Web", { image: "ubuntu-24.04", flavor: "small" });
  new Workbench(stack, "Bench", { project, until: "2026-12-31T18:00:00+09:00" });
});

const found = () => ExposurePolicy.review(stack).findings.map(({ rule, level }) => `${rule}: ${level}`);

test("the team's own constructs pass it", () => {
  expect(found()).toEqual([]);
  expect(() => Testing.synth(stack, true)).not.toThrow();
});

test("ssh without an end, plain HTTP and forwards without a reason stop the synthesis", () => {
  web.forward(Port.SSH, { allowedCidrs: [office] });
  web.forward(Port.HTTP, { description: "web service" });
  expect(found()).toEqual(["ssh-without-expiry: error", "no-description: error", "plain-http: error"]);
  expect(() => Testing.synth(stack, true)).toThrow("ssh-without-expiry");
});
