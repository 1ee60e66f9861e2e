import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type Instance, Port, Project } from "fairlead";

/** Who may connect: this machine alone, where the platform runs, too. Without it everyone may. */
const allowedCidrs = ["127.0.0.0/8"];

/** An instance with a web page. */
export class Lab extends TerraformStack {
  readonly web: Instance;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const project = new Project(this, "Project", { name: "my-lab" });
    this.web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
    const page = this.web.forward(Port.tcp(8080), { id: "Page", description: "web service", allowedCidrs });

    new TerraformOutput(this, "page", { value: page.url("http") });
  }
}
