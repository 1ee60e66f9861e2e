import type { Platform, PortForward, Statistics } from "../../lib/contract";
import { eventually } from "../support/processes";
import { holdConnection, httpBody, tcpExchange, udpExchange } from "../support/traffic";
import { projectWithInstance, testWhere } from "./subject";

/** What platforms count of forwards. */
export function statisticsBehaviour(platform: () => Platform): void {
  const testCounts = (title: string, body: () => Promise<void>) =>
    testWhere("statistics", platform, title, body);
  const echo = async (more: object = {}) => {
    const { target } = await projectWithInstance(platform(), "ai-lab", "echo");
    return platform().portForwards.create({ ...target, internalPort: 7007, ...more });
  };
  const counts = (forward: PortForward, wanted: (statistics: Statistics) => boolean) =>
    eventually(async () => {
      const { statistics } = await platform().portForwards.get(forward.id);
      return statistics !== null && wanted(statistics) && statistics;
    });

  test("a platform that counts does it for every forward, and one that does not says null", async () => {
    const { capabilities } = await platform().info();
    const forward = await echo();
    if (!capabilities.statistics) expect(forward.statistics).toBeNull();
    else {
      expect(forward.statistics).toEqual({
        openConnections: 0,
        totalConnections: 0,
        refusedConnections: 0,
        bytesIn: 0,
        bytesOut: 0,
        lastUsedAt: null,
      });
    }
  });

  testCounts("connections, bytes and the last use of TCP are counted", async () => {
    const began = Date.now();
    const forward = await echo();
    await tcpExchange(forward.socketAddress, "0123456789", 10);
    const held = await holdConnection(forward.socketAddress);
    const open = await counts(forward, ({ openConnections }) => openConnections === 1);
    expect(open).toMatchObject({ totalConnections: 2, refusedConnections: 0 });
    held.end();
    const ended = await counts(forward, ({ openConnections }) => openConnections === 0);
    const carried = 10 + "still there?".length;
    expect(ended).toMatchObject({ totalConnections: 2, bytesIn: carried, bytesOut: carried });
    const used = Date.parse(ended.lastUsedAt!);
    expect(used).toBeGreaterThan(began - 5_000);
    expect(used).toBeLessThan(Date.now() + 5_000);
    const [listed] = (await platform().portForwards.list()).items;
    expect(listed!.statistics).toMatchObject({ totalConnections: 2 });
  });

  testCounts("of UDP, a connection is what one client sends and gets", async () => {
    const forward = await echo({ protocol: "udp" });
    expect(await udpExchange(forward.socketAddress, "0123456789")).toBe("0123456789");
    await udpExchange(forward.socketAddress, "again");
    const used = await counts(forward, ({ totalConnections }) => totalConnections === 2);
    expect(used).toMatchObject({ bytesIn: 15, bytesOut: 15 });
  });

  testCounts("counts survive what changes a forward, and closing it", async () => {
    const { portForwards } = platform();
    const { capabilities } = await platform().info();
    const forward = await echo();
    await tcpExchange(forward.socketAddress, "0123456789", 10);
    await counts(forward, ({ bytesOut }) => bytesOut === 10);
    const { revision } = await portForwards.get(forward.id);
    expect(revision).toBe(1);
    if (capabilities.disabling) {
      const disabled = await portForwards.update(forward.id, { enabled: false });
      expect(disabled.statistics).toMatchObject({ openConnections: 0, totalConnections: 1, bytesIn: 10 });
      await portForwards.update(forward.id, { enabled: true });
    }
    const { externalPorts } = await platform().info();
    const moved = await portForwards.update(forward.id, { externalPort: externalPorts.to });
    await tcpExchange(moved.socketAddress, "01234", 5);
    await counts(forward, ({ totalConnections, bytesIn }) => totalConnections === 2 && bytesIn === 15);
  });

  testCounts("refused connections are counted apart", async () => {
    const { capabilities } = await platform().info();
    if (!capabilities.sources) return;
    const forward = await echo({ allowedCidrs: ["198.51.100.0/24"] });
    await expect(httpBody(forward.socketAddress)).rejects.toThrow();
    const refused = await counts(forward, ({ refusedConnections }) => refusedConnections === 1);
    expect(refused).toMatchObject({ totalConnections: 0, bytesIn: 0, lastUsedAt: null });
  });
}
