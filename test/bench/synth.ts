import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { atMost, median, type Row } from "./measure";

const rounds = 3;
const root = resolve(__dirname, "../..");

const prelude = `
const { App, Aspects, TerraformResource, TerraformStack } = require(${JSON.stringify(require.resolve("cdktf"))});
const outdir = process.argv[1];
const count = Number(process.argv[2]);
const app = new App({ outdir });
const stack = new TerraformStack(app, "bench");
`;
const measured = `
const began = performance.now();
build();
app.synth();
process.stdout.write(String(performance.now() - began));
`;
const ours = `
const { ExposurePolicy, Port, Project } = require(${JSON.stringify(join(root, "dist"))});
function build() {
  // A team's own, beside the checks of the library.
  Aspects.of(stack).add(new ExposurePolicy({ maxForwardsPerInstance: 100 }));
  const project = new Project(stack, "Project", { name: "bench" });
  for (let i = 0; i < count / 100; i++) {
    const instance = project.addInstance("Vm" + i, { image: "echo", flavor: "small" });
    for (let p = 0; p < 100; p++) instance.forward(Port.tcp(1000 + p), { description: "forward " + p });
  }
}
`;
const bare = `
class Bare extends TerraformResource {
  synthesizeAttributes() {
    return { project_id: "p", instance_id: "i", protocol: "tcp", internal_port: 1000, description: "forward" };
  }
}
function build() {
  for (let i = 0; i < count; i++) new Bare(stack, "r" + i, { terraformResourceType: "fairlead_port_forward" });
}
`;

/** Building and synthesizing forwards beside the same number of bare TerraformResources. */
export async function run(count = 10_000): Promise<Row[]> {
  const times = { ours: [] as number[], bare: [] as number[] };
  const half: number[] = [];
  for (let round = 0; round < rounds; round++) {
    times.bare.push(synth(bare, count));
    times.ours.push(synth(ours, count));
    half.push(synth(ours, count / 2));
  }
  const [own, plain] = [median(times.ours), median(times.bare)];
  return [
    { what: `synth of ${count} bare resources`, value: `${(plain / 1000).toFixed(2)} s` },
    { what: `synth of ${count} forwards`, value: `${(own / 1000).toFixed(2)} s` },
    atMost("synth of forwards / bare resources", own / plain, 1.5),
    { what: "twice the forwards take", value: `${(own / median(half)).toFixed(2)}x the time` },
  ];
}

function synth(program: string, count: number): number {
  const outdir = mkdtempSync(join(tmpdir(), "fairlead-bench-"));
  const { FAIRLEAD_ENDPOINT: _, ...env } = process.env;
  try {
    const args = ["-e", prelude + program + measured, outdir, String(count)];
    return Number(
      execFileSync(process.execPath, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] }),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
