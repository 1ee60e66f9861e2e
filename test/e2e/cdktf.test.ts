import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CdktfApp } from "../support/cdktf-app";
import { cleanUp } from "../support/clean-up";
import { startPlatformProcess } from "../support/platform-process";
import { httpBody, tcpExchange } from "../support/traffic";

// What the quickstart does not show of the real cdktf: several stacks, several platforms, settings in the program.

jest.setTimeout(240_000);

afterEach(cleanUp);

test("two stacks in one app: one makes the project, the other one its instance; a diff of either is empty", async () => {
  const platform = await startPlatformProcess();
  const app = new CdktfApp(
    `
    const { App, TerraformStack } = require("cdktf");
    const { Instance, Port, Project } = require("fairlead");
    const app = new App();
    const base = new TerraformStack(app, "base");
    const made = new Project(base, "Project", { name: "ai-lab" });
    const services = new TerraformStack(app, "services");
    const project = Project.fromProjectId(services, "Project", made.projectId);
    project.addInstance("Web", { image: "http-hello", flavor: "small" })
      .forward(Port.tcp(8080), { description: "web service" });
    app.synth();
  `,
    platform.settings,
  );
  const deployed = await app.succeed("deploy", "base", "services", "--auto-approve");
  expect(deployed).toMatch(/fairlead_port_forward\.Project_Web_Tcp8080_\w+ \(Project\/Web\/Tcp8080\)/);
  const [project] = (await platform.api.projects.list()).items;
  const [forward] = (await platform.api.portForwards.list()).items;
  expect(forward).toMatchObject({ projectId: project!.id, description: "web service" });
  expect(await httpBody(forward!.socketAddress)).toContain("hello from web");
  for (const stack of ["base", "services"]) expect(await app.succeed("diff", stack)).toContain("No changes.");
  await app.succeed("destroy", "base", "services", "--auto-approve");
  expect((await platform.api.projects.list()).items).toEqual([]);
});

test("two providers in one stack make the same on two platforms; their tokens are variables, and stay secret", async () => {
  const [north, south] = await Promise.all([startPlatformProcess(), startPlatformProcess()]);
  const app = new CdktfApp(
    `
    const { App, TerraformOutput, TerraformStack, TerraformVariable } = require("cdktf");
    const { FairleadProvider, Port, Project } = require("fairlead");
    const app = new App();
    const stack = new TerraformStack(app, "sites");
    const endpoints = ${JSON.stringify({ north: north.endpoint, south: south.endpoint })};
    for (const [site, endpoint] of Object.entries(endpoints)) {
      const token = new TerraformVariable(stack, "token_" + site, { type: "string", sensitive: true });
      const alias = site === "south" ? { alias: site } : {};
      const provider = new FairleadProvider(stack, "Fairlead-" + site, { endpoint, token: token.stringValue, ...alias });
      const project = new Project(stack, "Project-" + site, { provider, name: "lab-" + site });
      project.addInstance("Echo", { image: "echo", flavor: "small" }).forward(Port.tcp(7007), { externalPort: 30022 });
    }
    app.synth();
  `,
    { TF_VAR_token_north: north.token, TF_VAR_token_south: south.token },
  );
  let output = await app.succeed("deploy", "--auto-approve");
  for (const [site, platform] of Object.entries({ north, south })) {
    expect((await platform.api.projects.list()).items).toMatchObject([{ name: `lab-${site}` }]);
    expect(await tcpExchange(`${platform.externalIp}:30022`, "ahoy", 4)).toBe("ahoy");
  }
  const diff = await app.succeed("diff");
  expect(diff).toContain("No changes.");
  output += diff + (await app.succeed("destroy", "--auto-approve"));
  const synthesized = readFileSync(join(app.path, "cdktf.out/stacks/sites/cdk.tf.json"), "utf8");
  for (const { api, token } of [north, south]) {
    expect((await api.projects.list()).items).toEqual([]);
    expect(output).not.toContain(token);
    expect(synthesized).not.toContain(token);
  }
});
