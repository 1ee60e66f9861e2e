import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../lib/constructs/provider-installation";
import { servePlatform } from "../../lib/http/server";
import { startTestPlatform, temporaryFolder } from "../support/embedded";
import { atMost, type Cost, costOf, median, type Row } from "./measure";

const rounds = 5;

/** `terraform plan` of unchanged forwards beside the same number of `terraform_data`: CPU of core and provider, and requests. */
export async function run(count = 1000): Promise<Row[]> {
  const folder = temporaryFolder("fairlead-bench-");
  const running = await startTestPlatform();
  let requests = 0;
  const server = await servePlatform(running.platform, {
    host: "127.0.0.1",
    port: 0,
    token: "bench",
    version: "0",
    log: () => {
      requests++;
    },
  });
  const cliConfig = join(folder.path, "terraformrc");
  writeFileSync(cliConfig, "");
  // It costs every Node process 35 to 70 ms and is no business of ours.
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: cliConfig,
    FAIRLEAD_ENDPOINT: server.endpoint,
    FAIRLEAD_TOKEN: "bench",
  };
  const terraform = (cwd: string, ...args: string[]): Promise<Cost> =>
    costOf(["terraform", ...args], { cwd, env });
  try {
    const forwards = join(folder.path, "forwards");
    const data = join(folder.path, "data");
    mkdirSync(forwards);
    mkdirSync(data);
    writeFileSync(join(forwards, "main.tf"), forwardsConfiguration(count));
    writeFileSync(join(data, "main.tf"), dataConfiguration(count));
    installProvider(forwards);
    for (const cwd of [forwards, data]) {
      await terraform(cwd, "init");
      await terraform(cwd, "apply", "-auto-approve", "-parallelism=50");
    }
    const ours: number[] = [];
    const bare: number[] = [];
    let perPlan = 0;
    for (let round = 0; round < rounds; round++) {
      bare.push((await terraform(data, "plan")).cpuSeconds);
      const before = requests;
      ours.push((await terraform(forwards, "plan", "-detailed-exitcode")).cpuSeconds);
      perPlan = requests - before;
    }
    return [
      { what: `plan of ${count} terraform_data, CPU`, value: `${median(bare).toFixed(2)} s` },
      { what: `plan of ${count} forwards, CPU`, value: `${median(ours).toFixed(2)} s` },
      atMost("plan of forwards / terraform_data, CPU", median(ours) / median(bare), 1.5),
      atMost("API requests of that plan", perPlan, 10, ""),
    ];
  } finally {
    await server.close();
    await running.stop();
    folder.remove();
  }
}

function forwardsConfiguration(count: number): string {
  return `
terraform {
  required_providers {
    fairlead = {
      source = "fairlead.internal/fairlead/fairlead"
    }
  }
}
resource "fairlead_project" "p" {
  name = "bench"
}
resource "fairlead_instance" "i" {
  project_id = fairlead_project.p.id
  name       = "echo"
  image      = "echo"
  flavor     = "small"
}
resource "fairlead_port_forward" "f" {
  count         = ${count}
  project_id    = fairlead_project.p.id
  instance_id   = fairlead_instance.i.id
  protocol      = "tcp"
  internal_port = 10000 + count.index
  description   = "forward \${count.index}"
  allowed_cidrs = ["127.0.0.0/8"]
}
`;
}

function dataConfiguration(count: number): string {
  return `
resource "terraform_data" "f" {
  count = ${count}
  input = {
    internal_port = 10000 + count.index
    description   = "forward \${count.index}"
    allowed_cidrs = ["127.0.0.0/8"]
  }
}
`;
}
