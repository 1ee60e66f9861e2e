import { setTimeout as pause } from "node:timers/promises";
import { listAll, type Platform } from "../../lib/contract";
import { fairlead, succeeded } from "../support/command";
import { eventually } from "../support/processes";
import { asOneLine, type TerraformFolder } from "../support/terraform";

/** What became of the kills. */
export interface KillReport {
  readonly kills: number;
  /** Kills behind which the next apply did all that was left to do. */
  readonly converged: number;
  /** Kills behind which it stopped at an object that was in the way, and gave its import block. */
  readonly stopped: number;
  /** Objects that Terraform could not know of, all of them listed by `fairlead orphans`. */
  readonly orphans: number;
}

const mark = "soak/kills";
const victims = ["provider", "terraform", "both"] as const;

/** An image that takes a moment to start, so that a kill can come in between. */
export const platformConfig = {
  images: {
    slow: {
      description: "takes a moment",
      command: [
        process.execPath,
        "-e",
        `setTimeout(() => require("node:net").createServer().listen(8080, process.env.FAIRLEAD_PRIVATE_IP), 300)`,
      ],
      ready: { tcp: 8080 },
    },
  },
};

const provider = `provider "fairlead" {
  ownership_id = "${mark}"
  plan_id      = plantimestamp()
}`;

/** One of many stacks: each differs from the last by something that makes, changes, replaces or removes objects. */
function stack(random: () => number, image: string): string {
  const forwards = Math.floor(random() * 4);
  const version = Math.floor(random() * 3);
  const newFirst = random() < 0.5 ? "lifecycle {\n create_before_destroy = true\n }" : "";
  return `
resource "fairlead_project" "lab" {
  name = "kills"
}
resource "fairlead_instance" "web" {
  project_id           = fairlead_project.lab.id
  name                 = "web"
  image                = "${image}"
  flavor               = "${random() < 0.5 ? "small" : "medium"}"
  user_data_wo         = "${version}"
  user_data_wo_version = "${version}"
  ${newFirst}
}
resource "fairlead_port_forward" "page" {
  count         = ${forwards}
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.web.id
  protocol      = "tcp"
  internal_port = 8080 + count.index
  description   = "${random() < 0.5 ? "one" : "other"}"
}
`;
}

/**
 * Kills the provider, Terraform or both at random moments of apply and destroy. Behind each kill everything on the
 * platform has to be in the state or listed as an orphan, and the next apply has to converge, or to stop at an object
 * and give its import block.
 * @throws Error at the first thing that is lost
 */
export async function soakKills(
  platform: { readonly api: Platform },
  terraform: TerraformFolder,
  options: {
    readonly kills: number;
    readonly random: () => number;
    readonly say?: (line: string) => void;
    /** @default "slow", of `platformConfig` */
    readonly image?: string;
    /** How long an apply takes, at first. @default 4,000 */
    readonly applyMs?: number;
  },
): Promise<KillReport> {
  const { kills, random, say = () => {}, image = "slow", applyMs = 4000 } = options;
  let [converged, stopped, orphans] = [0, 0, 0];
  let typicalMs = applyMs;
  for (let round = 1; round <= kills; round++) {
    terraform.write(stack(random, image), provider);
    const destroy = random() < 0.3;
    const victim = victims[Math.floor(random() * victims.length)]!;
    await killDuring(destroy ? "destroy" : "apply", victim, random() * typicalMs);
    orphans += await guardAccounted();
    const began = performance.now();
    const next = await terraform.run("apply", "-auto-approve");
    if (next.code === 0) converged++;
    else {
      const text = asOneLine(next.output);
      if (!/import \{ to = fairlead_\w+\.NAME id = "[^"]+" \}/.test(text))
        throw new Error(`round ${round}: the next apply failed without an import block:\n${next.output}`);
      stopped++;
    }
    await removeOrphans();
    if (next.code !== 0) await terraform.succeed("apply", "-auto-approve");
    else typicalMs = (typicalMs + performance.now() - began) / 2;
    const left = await terraform.changes();
    if (left !== "") throw new Error(`round ${round}: something is left to do:\n${left}`);
    say(
      `${round}/${kills} ${destroy ? "destroy" : "apply"}, ${victim} killed: ${next.code === 0 ? "converged" : "stopped"}`,
    );
  }
  return { kills, converged, stopped, orphans };

  async function killDuring(
    command: string,
    victim: (typeof victims)[number],
    afterMs: number,
  ): Promise<void> {
    const launched = terraform.launch(command, ["-auto-approve"]);
    await Promise.race([pause(afterMs), launched.exit]);
    for (const { pid, commandLine } of terraform.processes()) {
      const isProvider = commandLine.includes("terraform-provider-fairlead");
      if (victim !== "both" && isProvider !== (victim === "provider")) continue;
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    await launched.exit;
    await eventually(() => terraform.processes().length === 0);
    // What the platform had begun it brings to an end.
    await eventually(async () => (await objects()).every(({ status }) => status !== "building"), 20_000);
  }

  async function objects(): Promise<{ id: string; status: string }[]> {
    const { projects, instances, portForwards } = platform.api;
    const query = { ownershipId: mark };
    return [
      ...(await listAll(portForwards, query)),
      ...(await listAll(instances, query)),
      ...(await listAll(projects, query)).map((project) => ({ ...project, status: "active" })),
    ];
  }

  /** Everything is known to Terraform or listed; returns how many are only listed. */
  async function guardAccounted(): Promise<number> {
    const state = terraform.hasState() ? terraform.state() : "";
    const unknown = (await objects()).filter(({ id }) => !state.includes(id));
    if (unknown.length === 0) return 0;
    const { stdout } = await succeeded(fairlead(["orphans", terraform.path], { env: terraform.environment }));
    const lost = unknown.filter(({ id }) => !stdout.includes(id));
    if (lost.length > 0) throw new Error(`lost: ${lost.map(({ id }) => id).join(", ")}; listed:\n${stdout}`);
    return unknown.length;
  }

  async function removeOrphans(): Promise<void> {
    const state = terraform.hasState() ? terraform.state() : "";
    for (const { id } of (await objects()).filter((object) => !state.includes(object.id))) {
      await succeeded(fairlead(["orphans", terraform.path, "--delete", id], { env: terraform.environment }));
    }
  }
}
export { randomFrom } from "./random";
