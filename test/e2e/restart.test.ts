import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import type { PortForward } from "../../lib/contract";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { fairlead, freshEnvironment } from "../support/command";
import { freshAddress } from "../support/embedded";
import { type PlatformProcess, startPlatformProcess } from "../support/platform-process";
import { eventually, processesAbout } from "../support/processes";
import { hostAndPort, httpBody, tcpExchange, udpExchange } from "../support/traffic";

// The platform ends and starts again, in order and not, with forwards open.

jest.setTimeout(90_000);

let dataDir: string;
let externalIp: string;
const start = (config?: object) =>
  startPlatformProcess({ dataDir, externalIp, ...(config ? { config } : {}) });

beforeEach(() => {
  dataDir = join(freshFolder(), "data");
  externalIp = freshAddress();
});
afterEach(cleanUp);

/** Two instances and a forward of each kind: assigned, chosen, UDP, and one that has lost its instance. */
async function populate({ api }: PlatformProcess): Promise<void> {
  const { id: projectId } = await api.projects.create({ name: "ai-lab" });
  const instance = (name: string, image: string) =>
    api.instances.create({ projectId, name, image, flavor: "small" });
  const [web, echo, gone] = await Promise.all([
    instance("web", "http-hello"),
    instance("echo", "echo"),
    instance("gone", "echo"),
  ]);
  const forward = { projectId, protocol: "tcp", internalPort: 7007 } as const;
  await api.portForwards.create({ ...forward, instanceId: web.id, internalPort: 8080 });
  await api.portForwards.create({ ...forward, instanceId: echo.id, externalPort: 30022 });
  await api.portForwards.create({ ...forward, instanceId: echo.id, protocol: "udp" });
  await api.portForwards.create({ ...forward, instanceId: gone.id });
  await api.instances.delete(gone.id);
}

const forwardsOf = async ({ api }: PlatformProcess) => (await api.portForwards.list()).items;
const instancesOf = async ({ api }: PlatformProcess) => (await api.instances.list()).items;

async function expectTraffic(forwards: readonly PortForward[]): Promise<void> {
  const [page, echo, datagrams, detached] = forwards.map(({ socketAddress }) => socketAddress);
  expect(await httpBody(page!)).toContain("hello from web");
  expect(await tcpExchange(echo!, "ahoy", 4)).toBe("ahoy");
  expect(await udpExchange(datagrams!, "ahoy")).toBe("ahoy");
  await expect(tcpExchange(detached!, "ahoy", 4)).rejects.toThrow("ECONNREFUSED");
}

/** Processes of instances: all that know the data folder, but for the platform itself. */
const machines = (platform: PlatformProcess) =>
  processesAbout(dataDir).filter(({ pid }) => pid !== platform.pid);

async function expectAllClosed(forwards: readonly PortForward[]): Promise<void> {
  for (const { socketAddress, protocol } of forwards) {
    const exchange =
      protocol === "tcp" ? tcpExchange(socketAddress, "x", 1) : udpExchange(socketAddress, "x");
    await expect(exchange).rejects.toThrow();
  }
}

/** What is declared of forwards, without what they have carried. */
const declared = (forwards: readonly PortForward[]) =>
  forwards.map((forward) => ({ ...forward, statistics: null }));

test("SIGTERM ends it with exit code 0, and everything with it; a new start brings everything back", async () => {
  const first = await start();
  await populate(first);
  const [forwards, instances] = [await forwardsOf(first), await instancesOf(first)];
  await expectTraffic(forwards);
  // A client that holds on does not keep the platform from ending.
  const client = connect(hostAndPort(forwards[1]!.socketAddress));
  onCleanUp(() => void client.destroy());
  client.on("error", () => undefined);
  await once(client, "connect");
  const closed = new Promise((resolve) => client.once("close", resolve));

  const began = performance.now();
  expect(await first.stop("SIGTERM")).toBe(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  await closed;
  expect(processesAbout(dataDir)).toEqual([]);
  await expectAllClosed(forwards);

  const second = await start();
  expect(declared(await forwardsOf(second))).toEqual(declared(forwards));
  // What was counted before is counted still.
  for (const { statistics, status } of await forwardsOf(second))
    if (status === "active") expect(statistics!.totalConnections).toBeGreaterThan(0);
  expect(await instancesOf(second)).toEqual(instances);
  await expectTraffic(forwards);
  expect(machines(second)).toHaveLength(2);
});

test("after kill -9 a new start brings everything back, once", async () => {
  const first = await start();
  await populate(first);
  const [forwards, instances] = [await forwardsOf(first), await instancesOf(first)];
  for (let round = 0; round < 2; round++) {
    const running = round === 0 ? first : await start();
    await running.stop("SIGKILL");
  }
  const last = await start();
  expect(declared(await forwardsOf(last))).toEqual(declared(forwards));
  expect(await instancesOf(last)).toEqual(instances);
  await expectTraffic(forwards);
  expect(machines(last)).toHaveLength(2);
});

test("forwards and their ports also survive a kill -9 in the middle of creating many", async () => {
  const first = await start();
  await populate(first);
  const { projectId, instanceId } = (await forwardsOf(first))[0]!;
  const made: PortForward[] = [];
  const creates = Array.from({ length: 200 }, (_, i) =>
    first.api.portForwards
      .create({ projectId, instanceId: instanceId!, protocol: "tcp", internalPort: 9000 + i })
      .then((forward) => made.push(forward))
      .catch(() => undefined),
  );
  await eventually(() => made.length >= 20);
  await first.stop("SIGKILL");
  await Promise.all(creates);
  const second = await start();
  const byId = new Map(
    (await second.api.portForwards.list({ limit: 1000 })).items.map((item) => [item.id, item]),
  );
  // Whatever was promised is there, as it was promised.
  for (const forward of made) expect(byId.get(forward.id)).toEqual(forward);
  await expectTraffic([...byId.values()].slice(0, 4));
});

test("a second platform on the same data folder is refused, and the first one does not notice", async () => {
  const first = await start();
  await populate(first);
  const forwards = await forwardsOf(first);
  const env = freshEnvironment(freshFolder());
  const args = ["platform", "start", "--listen", "127.0.0.1:0", "--external-ip", freshAddress()];
  const second = await fairlead([...args, "--data", dataDir], { env });
  expect(second.code).toBe(1);
  expect(second.stdout).toBe("");
  expect(second.stderr).toMatch(/^fairlead: .*is in use by another platform/);
  expect(second.stderr).not.toMatch(/^\s+at /m);
  expect(declared(await forwardsOf(first))).toEqual(declared(forwards));
  await expectTraffic(forwards);
});

test("SIGTERM while an instance is being made ends it in order, too", async () => {
  const never = {
    description: "",
    command: [process.execPath, "-e", "process.stdin.resume()"],
    ready: { tcp: 9 },
  };
  const first = await start({ images: { never } });
  const { id: projectId } = await first.api.projects.create({ name: "ai-lab" });
  const create = first.api.instances.create({ projectId, name: "vm", image: "never", flavor: "small" });
  create.catch(() => undefined);
  await eventually(() => machines(first).length === 1);
  const began = performance.now();
  expect(await first.stop("SIGTERM")).toBe(0);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(processesAbout(dataDir)).toEqual([]);
  // Nobody was promised the instance, so no later start brings it up.
  expect(await instancesOf(await start())).toEqual([]);
});
