import { App, HttpBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { FairleadProvider, Port, Project } from "fairlead";

/** Where the state is kept, for every job of every pipeline; its user and password are for Terraform alone. */
const address = process.env.STATE_URL;
if (!address) throw new Error("STATE_URL has to name the state: https://state.example.com/states/lab.");

class Lab extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new HttpBackend(this, { address: address!, lockAddress: address!, unlockAddress: address! });
    // A job that was cut off is run again on another machine; by the plan's id it finds what it has made already.
    new FairleadProvider(this, "Fairlead", { planId: process.env.PLAN_ID });

    const project = new Project(this, "Project", { name: "lab" });
    const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
    const page = web.forward(Port.tcp(8080), { id: "Page", description: "web service" });

    new TerraformOutput(this, "page", { value: page.socketAddress });
  }
}

const app = new App();
new Lab(app, "lab");
app.synth();
