import { App, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Port, Project } from "fairlead";

class AiLab extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const project = new Project(this, "Project", { name: "ai-lab" });

    const web = project.addInstance("Web", { image: "http-hello", flavor: "small" });
    const page = web.forward(Port.tcp(8080), { id: "Page", description: "web service" }); // external port assigned
    web.forward(Port.tcp(2222), { description: "ssh service" });

    const echo = project.addInstance("Echo", { image: "echo", flavor: "small" });
    echo.forward(Port.tcp(7007), { externalPort: 30022, description: "echo service" }); // external port chosen
    echo.forward(Port.udp(7007), { description: "echo service" });

    new TerraformOutput(this, "page", { value: page.socketAddress });
  }
}

const app = new App();
new AiLab(app, "ai-lab");
app.synth();
