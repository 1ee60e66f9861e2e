import type { PortForward, Statistics } from "../../contract";
import { eventually } from "./eventually";
import type { Fixture } from "./fixture";
import type { Need } from "./subject";
import { holdConnection, tcpExchange, udpExchange } from "./traffic";

/** What platforms count of forwards. */
export function statisticsBehaviour(fixture: Fixture): void {
  const testCounts = (title: string, body: () => Promise<void>, more: readonly Need[] = []) =>
    fixture.test(["statistics", "packets", ...more], title, body);
  const echo = async (more: object = {}) => {
    const target = await fixture.target("echo");
    return fixture.platform.portForwards.create({ ...target, internalPort: 7007, ...more });
  };
  const counts = (forward: PortForward, wanted: (statistics: Statistics) => boolean) =>
    eventually(async () => {
      const { statistics } = await fixture.platform.portForwards.get(forward.id);
      return statistics !== null && wanted(statistics) && statistics;
    });

  fixture.test(
    [],
    "a platform that counts does it for every forward, and one that does not says null",
    async () => {
      const forward = await echo();
      if (!fixture.offers("statistics")) expect(forward.statistics).toBeNull();
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
    },
  );

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
    const { instanceId } = forward;
    const [listed] = (await fixture.platform.portForwards.list({ instanceId: instanceId! })).items;
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
    const { portForwards } = fixture.platform;
    const forward = await echo();
    await tcpExchange(forward.socketAddress, "0123456789", 10);
    await counts(forward, ({ bytesOut }) => bytesOut === 10);
    expect((await portForwards.get(forward.id)).revision).toBe(forward.revision);
    if (fixture.offers("disabling")) {
      const disabled = await portForwards.update(forward.id, { enabled: false });
      expect(disabled.statistics).toMatchObject({ openConnections: 0, totalConnections: 1, bytesIn: 10 });
      await portForwards.update(forward.id, { enabled: true });
    }
    const moved = await portForwards.update(forward.id, { externalPort: await fixture.freePorts() });
    await tcpExchange(moved.socketAddress, "01234", 5);
    await counts(forward, ({ totalConnections, bytesIn }) => totalConnections === 2 && bytesIn === 15);
  });

  testCounts("refused connections are counted apart", async () => {
    const forward = await echo({ allowedCidrs: ["198.51.100.0/24"] });
    await fixture.expectSilence(forward.socketAddress);
    const refused = await counts(forward, ({ refusedConnections }) => refusedConnections === 1);
    expect(refused).toMatchObject({ totalConnections: 0, bytesIn: 0, lastUsedAt: null });
  }, ["sources"]);
}
