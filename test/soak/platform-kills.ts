import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { PlatformError } from "../../lib/contract";
import { freshFolder } from "../support/clean-up";
import { freshAddress } from "../support/embedded";
import { idleImage } from "../support/idle-image";
import { everything, guardAgreement } from "../support/model/agreement";
import { type Operation, Tenant, verbs } from "../support/model/tenant";
import { startPlatformProcess } from "../support/platform-process";

/** What became of the kills. */
export interface PlatformKillReport {
  readonly kills: number;
  /** Changes that the platform had acknowledged. */
  readonly acknowledged: number;
  /** Changes that a kill has cut short: each is there as a whole or not at all. */
  readonly cutShort: number;
}

/** How long a platform may take to end after SIGTERM: instances have 3 s of it. */
const mostMs = 10_000;

const config = { images: idleImage };

/**
 * Kills the platform at random moments while clients make, change and delete projects, instances and forwards. After
 * each restart everything that was acknowledged is there, and nothing else: rows, listeners and processes agree.
 * @throws Error at the first disagreement
 */
export async function soakPlatformKills(options: {
  readonly kills: number;
  readonly random: () => number;
  readonly clients?: number;
  readonly say?: (line: string) => void;
  /** SIGTERM ends it in time and with exit code 0. @default SIGKILL */
  readonly signal?: "SIGKILL" | "SIGTERM";
}): Promise<PlatformKillReport> {
  const { kills, random, clients = 8, say = () => {}, signal: end = "SIGKILL" } = options;
  const lasting = { dataDir: join(freshFolder(), "data"), externalIp: freshAddress(), config };
  let platform = await startPlatformProcess(lasting);
  const image = (value: number) => (value % 4 === 0 ? "http-hello" : "idle");
  const tenants = Array.from({ length: clients }, (_, i) => new Tenant(`tenant-${i}`, platform.api, image));
  let [acknowledged, cutShort] = [0, 0];
  for (let round = 1; round <= kills; round++) {
    const killed = new AbortController();
    const done = tenants.map((tenant) => {
      tenant.reconnect(platform.api, killed.signal);
      return work(tenant, killed.signal);
    });
    await pause(20 + random() * 700);
    process.kill(platform.pid, end);
    const signalled = performance.now();
    killed.abort();
    const counts = await Promise.all(done);
    const { code, stderr, output: log } = await platform.launched.exit;
    if (end === "SIGTERM" && (code !== 0 || performance.now() - signalled > mostMs)) {
      throw new Error(`it ended with ${code} after ${performance.now() - signalled} ms:\n${stderr}`);
    }
    platform = await startPlatformProcess(lasting);
    cutShort += tenants.filter(({ isPending }) => isPending).length;
    const { entities } = await everything(platform.api);
    const made = await madeByKeys();
    for (const tenant of tenants) tenant.settle(entities, (key) => made.get(key));
    await guardAgreement({ ...lasting, api: platform.api }, tenants).catch((error: Error) => {
      throw new Error(
        `${error.message}\nthe platform before:\n${log}\nand now:\n${platform.launched.output()}`,
      );
    });
    acknowledged += counts.reduce((sum, count) => sum + count, 0);
    say(
      `${round}/${kills} killed after ${acknowledged} acknowledged changes: ${entities.size} objects agree`,
    );
  }
  await platform.stop();
  return { kills, acknowledged, cutShort };

  /** Works until the platform is gone; resolves with how many changes were acknowledged. */
  async function work(tenant: Tenant, signal: AbortSignal): Promise<number> {
    for (let count = 0; ; count++) {
      try {
        await tenant.step(randomOperation(random));
      } catch (error) {
        if (signal.aborted && error instanceof PlatformError && error.code === "unreachable") return count;
        throw error;
      }
    }
  }

  /** What each key has made, as the platform itself finds it. */
  async function madeByKeys(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const key of tenants.map((tenant) => tenant.pendingKey).filter((key) => key !== undefined)) {
      for (const repository of [platform.api.projects, platform.api.instances, platform.api.portForwards]) {
        const { items } = await repository.list({ idempotencyKey: key });
        for (const { id } of items) found.set(key, id);
      }
    }
    return found;
  }
}

/** Something to do, by chance. */
export function randomOperation(random: () => number): Operation {
  const number = (below: number) => Math.floor(random() * below);
  return { verb: verbs[number(verbs.length)]!, pick: number(1000), value: number(1000) };
}
