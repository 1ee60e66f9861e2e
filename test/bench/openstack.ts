import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { installProvider } from "../../lib/constructs/provider-installation";
import type { Cloud } from "../../lib/openstack/cloud";
import { temporaryFolder } from "../support/embedded";
import { asAdministrator, makeAccount, openCloud } from "../support/openstack-lab";
import { type Cost, costOf } from "./cost";
import { costRows } from "./cost-rows";
import { forwardsOfOneInstance } from "./many";
import { atLeast, atMost, median, type Row } from "./measure";
import { withoutSettings } from "./terraform-bench";

const made = 100;
const rounds = 3;
/** As many as Terraform has under way. */
const parallelism = 10;

/**
 * Forwards on a real OpenStack: the lab of test/openstack/lab has to run. Other providers read each forward by a
 * request of its own; what that alone costs is measured beside ours.
 */
export async function run(count = 500): Promise<Row[]> {
  const { account, remove } = await makeAccount();
  const folder = temporaryFolder("fairlead-bench-");
  const env = { ...withoutSettings(folder.path), ...account.environment };
  const terraform = (...args: string[]) => costOf(["terraform", ...args], { cwd: folder.path, env });
  const apply = () => terraform("apply", "-auto-approve");
  const declare = (forwards: number) =>
    writeFileSync(
      join(folder.path, "main.tf"),
      `provider "fairlead" {\n  openstack {}\n}\n${forwardsOfOneInstance(forwards)}`,
    );
  try {
    installProvider(folder.path);
    declare(1);
    await terraform("init");
    await apply();
    const projectId = (await terraform("output", "-raw", "project_id")).output.trim();
    await liftQuota(projectId);
    declare(1 + made);
    const creation = await apply();
    declare(count);
    await apply();
    const plans: Cost[] = [];
    for (let round = 0; round < rounds; round++) plans.push(await terraform("plan", "-detailed-exitcode"));
    const offline: Cost[] = [];
    for (let round = 0; round < rounds; round++) offline.push(await terraform("plan", "-refresh=false"));
    const floor = await bareRequests(await openCloud({ ...account.environment, OS_PROJECT_ID: projectId }));
    const [wall, offlineWall] = [plans, offline].map((costs) =>
      median(costs.map(({ wallSeconds }) => wallSeconds)),
    ) as [number, number];
    return [
      ...costRows(`plan of ${count} forwards`, plans),
      atMost("requests of that plan", plans[0]!.requests, 10, ""),
      {
        what: `a GET for each of ${floor.forwards}, ${parallelism} at a time`,
        value: `${floor.readSeconds.toFixed(2)} s`,
      },
      atLeast("these GETs / plan, wall", floor.readSeconds / wall, 20),
      {
        what: "that plan with -refresh=false, wall",
        value: `${offlineWall.toFixed(2)} s`,
      },
      {
        what: "these GETs / what refreshing adds to it",
        value: `${(floor.readSeconds / (wall - offlineWall)).toFixed(0)}x`,
      },
      ...costRows(`apply of ${made} new forwards`, [creation]),
      { what: "requests for each new forward", value: (creation.requests / made).toFixed(2) },
      {
        what: `a POST for each of ${made}, ${parallelism} at a time`,
        value: `${floor.createSeconds.toFixed(2)} s`,
      },
      {
        what: "apply / these POSTs, wall",
        value: `${(creation.wallSeconds / floor.createSeconds).toFixed(2)}x`,
      },
    ];
  } finally {
    folder.remove();
    await remove();
  }
}

/** A cloud lets a project have 100 rules of security groups unless its administrator says otherwise. */
async function liftQuota(projectId: string): Promise<void> {
  const admin = await asAdministrator();
  await admin.request("network", "PUT", `/quotas/${projectId}`, {
    body: { quota: { security_group_rule: -1 } },
  });
}

interface NeutronForward {
  readonly id: string;
  readonly internal_port_id: string;
  readonly internal_ip_address: string;
}

/** What it takes to read each forward of a project by itself, and to make as many as the apply did, with no thought. */
async function bareRequests(cloud: Cloud) {
  const [address] = await cloud.list<{ id: string }>("network", "/floatingips", "floatingips", {
    project_id: cloud.projectId,
  });
  const path = `/floatingips/${address!.id}/port_forwardings`;
  const forwards = await cloud.list<NeutronForward>("network", path, "port_forwardings");
  const { internal_port_id, internal_ip_address } = forwards[0]!;
  const readSeconds = await secondsOf(forwards, ({ id }) => cloud.request("network", "GET", `${path}/${id}`));
  const ports = Array.from({ length: made }, (_, index) => 40_000 + index);
  const createSeconds = await secondsOf(ports, (port) =>
    cloud.request("network", "POST", path, {
      body: {
        port_forwarding: {
          ...{ internal_port_id, internal_ip_address, protocol: "tcp" },
          ...{ internal_port: port, external_port: port },
        },
      },
    }),
  );
  return { forwards: forwards.length, readSeconds, createSeconds };
}

/** As fast as so many at a time are done. */
async function secondsOf<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  const left = [...items];
  const worker = async () => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: parallelism }, worker));
  return (performance.now() - began) / 1000;
}
