import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type PortForwardOptions, Project } from "fairlead";
import { Workbench } from "team-library";

/** A workbench for each researcher, until the end of the project. */
export class Research extends TerraformStack {
  readonly benches: readonly Workbench[];

  constructor(scope: Construct, id: string, { allowedCidrs }: Pick<PortForwardOptions, "allowedCidrs"> = {}) {
    super(scope, id);
    const project = new Project(this, "Project", { name: "research" });
    this.benches = ["Ada", "Grace"].map(
      (name) => new Workbench(this, name, { project, until: "2099-12-31T18:00:00+09:00", allowedCidrs }),
    );
    new TerraformOutput(this, "ssh", { value: this.benches.map(({ ssh }) => ssh.sshCommand("ubuntu")) });
  }
}
