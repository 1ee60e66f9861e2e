import { join } from "node:path";
import type { contract } from "fairlead";
import type { RunningPlatform } from "./platform";
import { MissingRequirement } from "./requirements";
import { answerOf } from "./traffic";

/** The administrator of the lab that test/openstack/lab/up.sh starts. */
const lab = {
  OS_AUTH_URL: "http://127.0.0.1:20500/v3",
  OS_USERNAME: "admin",
  OS_PASSWORD: "proto-secret",
  OS_PROJECT_NAME: "admin",
};

/** What everything of the program bears: the path of its stack. */
const mark = { ownershipId: "ai-lab" };

/** How long a server may take to start what it serves. */
const startMs = 60_000;

type Connecting = {
  resolveSettings(given: { endpoint: string }): unknown;
  connect(settings: unknown): contract.Platform;
};

/**
 * The OpenStack cloud that OS_CLOUD or OS_AUTH_URL names, or else the lab of this machine, if it runs. It has to have
 * the images and flavors that the program names.
 * @throws MissingRequirement when there is none
 */
export async function connectCloud(root: string): Promise<RunningPlatform> {
  const named = process.env.OS_CLOUD || process.env.OS_AUTH_URL;
  if (!named) await useLab();
  const endpoint = `openstack:${process.env.OS_CLOUD ?? ""}`;
  const { connect, resolveSettings } = require(join(root, "dist/connect.js")) as Connecting;
  const platform = connect(resolveSettings({ endpoint }));
  const all = async <E>(collection: "projects" | "instances" | "portForwards"): Promise<E[]> => {
    const { items } = await platform[collection].list({ ...mark, limit: 1000 });
    return items as E[];
  };
  return {
    endpoint: named ? endpoint : `${endpoint} (the lab)`,
    environment: { FAIRLEAD_ENDPOINT: endpoint },
    pid: undefined,
    reach: async () =>
      (await answersSoon(await all<contract.PortForward>("portForwards"))) ? "forwards" : "nothing",
    forwards: () => all("portForwards"),
    instances: () => all("instances"),
    count: async () =>
      (await Promise.all([all("projects"), all("instances"), all("portForwards")])).flat().length,
    stop: async () => {},
    release: () => {},
  };
}

async function useLab(): Promise<void> {
  const answers = await fetch(lab.OS_AUTH_URL).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!answers) {
    throw new MissingRequirement(
      "No OpenStack cloud is named: set OS_CLOUD to one of clouds.yaml, or start the one for tests (Debian bookworm, as root): test/openstack/lab/up.sh",
    );
  }
  Object.assign(process.env, lab);
}

/** Whether a forward of the program answers before its server has had time to start twice. */
async function answersSoon([forward]: readonly contract.PortForward[]): Promise<boolean> {
  // The lab's documentation addresses lead nowhere; there is nothing to wait for.
  if (!forward || forward.externalIp.startsWith("203.0.113.")) return false;
  const end = Date.now() + startMs;
  while (Date.now() < end) {
    const { protocol, externalIp, externalPort } = forward;
    const answered = await answerOf(protocol, externalIp, externalPort).then(
      () => true,
      () => new Promise<boolean>((resolve) => setTimeout(resolve, 2000, false)),
    );
    if (answered) return true;
  }
  return false;
}
