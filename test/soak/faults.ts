import { once } from "node:events";
import { join } from "node:path";
import { listAll, type Platform } from "../../lib/contract";
import { type Launched, launch, root } from "../support/command";
import { idleImage } from "../support/idle-image";
import { startPlatformProcess } from "../support/platform-process";
import { TerraformFolder } from "../support/terraform";

/** What came of cycles of apply and destroy over a network that fails. */
export interface FaultReport {
  readonly cycles: number;
  /** Requests that came through unharmed, and how often what harm was done. */
  readonly requests: Readonly<Record<string, number>>;
  /** Objects on the platform that no state knows; objects that are there twice; objects of a state that are gone. */
  readonly orphans: number;
  readonly duplicates: number;
  readonly lost: number;
}

const stacks = 4;
const config = { images: idleImage };

/**
 * Applies and destroys small stacks with the real Terraform and provider, through proxies that answer with errors,
 * cut connections before and after the work is done, and cut answers in the middle. Platform, proxies, Terraform and
 * provider are processes of their own.
 * @throws Error when an apply or destroy fails
 */
export async function soakFaults(options: {
  readonly cycles: number;
  readonly random: () => number;
  readonly say?: (line: string) => void;
}): Promise<FaultReport> {
  const { cycles, random, say = () => {} } = options;
  const platform = await startPlatformProcess({ config });
  const found = { orphans: 0, duplicates: 0, lost: 0 };
  const requests: Record<string, number> = {};
  let done = 0;
  let begun = 0;
  await Promise.all(
    Array.from({ length: stacks }, async (_, i) => {
      const proxy = await startProxy(platform.endpoint, Math.floor(random() * 2 ** 31));
      const mark = `faults/${i}`;
      const settings = { ...platform.settings, FAIRLEAD_ENDPOINT: proxy.endpoint };
      const terraform = new TerraformFolder(settings);
      await terraform.initialize();
      while (begun < cycles) {
        begun++;
        const forwards = 1 + Math.floor(random() * 3);
        terraform.write(stack(i, forwards), provider(mark));
        await terraform.succeed("apply", "-auto-approve");
        await compare(mark, terraform, forwards + 2);
        // Destroyed as it was planned, or after a refresh.
        const refresh = random() < 0.5 ? ["-refresh=false"] : [];
        await terraform.succeed("destroy", "-auto-approve", ...refresh);
        await compare(mark, terraform, 0);
        say(`${++done}/${cycles} ${JSON.stringify(found)}`);
      }
      for (const [harm, count] of Object.entries(await proxy.stop())) {
        requests[harm] = (requests[harm] ?? 0) + count;
      }
    }),
  );
  await platform.stop();
  return { cycles: done, requests, ...found };

  /** Compares what bears the mark with what Terraform knows, past the proxy. */
  async function compare(mark: string, terraform: TerraformFolder, expected: number): Promise<void> {
    const there = await marked(platform.api, mark);
    const state = terraform.state();
    const known = [...new Set(state.match(/"id": "(prj|ins|fwd)-[^"]+"/g))].map(
      (line) => line.split('"')[3]!,
    );
    found.orphans += there.filter(({ id }) => !known.includes(id)).length;
    found.lost += known.filter((id) => there.every((object) => object.id !== id)).length;
    found.duplicates += there.length - new Set(there.map(({ name }) => name)).size;
    if (known.length !== expected)
      throw new Error(`${known.length} objects instead of ${expected}:\n${state}`);
  }
}

async function marked(api: Platform, mark: string): Promise<{ id: string; name: string }[]> {
  const query = { ownershipId: mark };
  return [
    ...(await listAll(api.projects, query)).map(({ id, name }) => ({ id, name: `project ${name}` })),
    ...(await listAll(api.instances, query)).map(({ id, name }) => ({ id, name: `instance ${name}` })),
    ...(await listAll(api.portForwards, query)).map(({ id, description }) => ({
      id,
      name: `forward ${description}`,
    })),
  ];
}

const provider = (mark: string): string => `provider "fairlead" {
  ownership_id = "${mark}"
  plan_id      = plantimestamp()
}`;

const stack = (index: number, forwards: number): string => `
resource "fairlead_project" "lab" {
  name = "faults-${index}"
}
resource "fairlead_instance" "vm" {
  project_id = fairlead_project.lab.id
  name       = "vm"
  image      = "idle"
  flavor     = "small"
}
resource "fairlead_port_forward" "f" {
  count         = ${forwards}
  project_id    = fairlead_project.lab.id
  instance_id   = fairlead_instance.vm.id
  protocol      = "tcp"
  internal_port = 8080 + count.index
  description   = "number \${count.index}"
}
`;

/** Starts `fault-proxy.ts` in a process of its own; `stop` resolves with what it has done. */
async function startProxy(endpoint: string, seed: number) {
  const program = join(root, "test/soak/fault-proxy.ts");
  const launched: Launched = launch(
    [process.execPath, "--import", "tsx", program, endpoint, String(seed), "0.25"],
    { cwd: root, env: { PATH: process.env.PATH }, stdin: "pipe" },
  );
  const [first] = await Promise.race([
    once(launched.process.stdout!, "data"),
    launched.exit.then(({ output }) => Promise.reject(new Error(`the proxy has ended:\n${output}`))),
  ]);
  return {
    endpoint: String(first).trim(),
    stop: async (): Promise<Record<string, number>> => {
      launched.process.stdin!.end();
      const { stdout } = await launched.exit;
      return JSON.parse(stdout.split("\n")[1]!);
    },
  };
}
