import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Cost, costOf, cpuOf } from "./cost";
import { costRows } from "./cost-rows";
import { atMost, median, type Row } from "./measure";
import { withBench } from "./terraform-bench";

const rounds = 3;
const root = resolve(__dirname, "../..");

const program = (count: number) => `
const { App, TerraformStack } = require("cdktf");
const { Port, Project } = require("fairlead");
const app = new App();
const stack = new TerraformStack(app, "bench");
const project = new Project(stack, "Project", { name: "bench" });
for (let i = 0; i < ${count} / 100; i++) {
  const instance = project.addInstance("Vm" + i, { image: "echo", flavor: "small" });
  for (let p = 0; p < 100; p++) instance.forward(Port.tcp(1000 + p), { description: "forward " + p });
}
app.synth();
`;

/** `cdktf diff` of a stack of new forwards beside `terraform plan` of the same stack. */
export const run = (count = 2000): Promise<Row[]> =>
  withBench(async ({ env, folder }) => {
    const app = appFolder(folder, program(count));
    const cli = require.resolve("cdktf-cli/bundle/bin/cdktf");
    const diffs: Cost[] = [];
    const plans: Cost[] = [];
    for (let round = 0; round < rounds; round++) {
      diffs.push(await costOf([process.execPath, cli, "diff"], { cwd: app, env }));
      plans.push(await costOf(["terraform", "plan"], { cwd: join(app, "cdktf.out/stacks/bench"), env }));
    }
    const ratio = (of: (cost: Cost) => number) => median(diffs.map(of)) / median(plans.map(of));
    return [
      ...costRows(`terraform plan of ${count} creates`, plans),
      ...costRows(`cdktf diff of ${count} creates`, diffs),
      atMost(
        "cdktf diff / terraform plan, wall",
        ratio(({ wallSeconds }) => wallSeconds),
        2,
      ),
      atMost("cdktf diff / terraform plan, CPU", ratio(cpuOf), 2),
    ];
  });

/** An app with the built package in it. */
function appFolder(folder: string, source: string): string {
  const app = join(folder, "app");
  mkdirSync(join(app, "node_modules"), { recursive: true });
  symlinkSync(root, join(app, "node_modules/fairlead"));
  for (const name of ["cdktf", "constructs"]) {
    symlinkSync(join(root, "node_modules", name), join(app, "node_modules", name));
  }
  const settings = {
    language: "typescript",
    app: "node main.js",
    projectId: "bench",
    sendCrashReports: "false",
  };
  writeFileSync(join(app, "cdktf.json"), JSON.stringify(settings));
  writeFileSync(join(app, "main.js"), source);
  return app;
}
