import { hostText } from "../../contract";
import type { Fixture } from "./fixture";
import { rejection } from "./rejection";

/** What platforms do with forwards of several ports. */
export function portRangeBehaviour(fixture: Fixture): void {
  const testRange = (title: string, body: () => Promise<void>) => fixture.test(["portRanges"], title, body);
  const ready = async () => {
    const target = await fixture.target();
    return { target, input: { ...target, internalPort: 8080, portCount: 2 } };
  };
  const at = (forward: { externalIp: string; externalPort: number }, offset: number) =>
    `${hostText(forward.externalIp)}:${forward.externalPort + offset}`;

  testRange("each port of a range leads to the one of the instance", async () => {
    const { input } = await ready();
    const forward = await fixture.platform.portForwards.create(input);
    expect(forward).toMatchObject({ portCount: 2, internalPort: 8080, status: "active" });
    expect(forward.socketAddress).toBe(at(forward, 0));
    await fixture.expectHttp(at(forward, 0), ":8080");
    await fixture.expectHttp(at(forward, 1), ":8081");
    await fixture.platform.portForwards.delete(forward.id);
    for (const offset of [0, 1]) await fixture.expectSilence(at(forward, offset));
  });

  testRange("UDP has ranges, too", async () => {
    const target = await fixture.target("echo");
    const forward = await fixture.platform.portForwards.create({
      ...{ ...target, protocol: "udp", internalPort: 7005, portCount: 5 },
    });
    await fixture.expectEcho("udp", at(forward, 2));
  });

  testRange(
    "assigned ranges lie in the platform's range and share no port, also when asked for at once",
    async () => {
      const { target } = await ready();
      const { externalPorts } = await fixture.info();
      const counts = [1, 7, 100, 3, 1, 64, 2, 33, 5, 1];
      const made = await Promise.all(
        counts.map((portCount, i) =>
          fixture.platform.portForwards.create({ ...target, internalPort: 10_000 + i * 1_000, portCount }),
        ),
      );
      const ports = made.flatMap(({ externalPort, portCount }) =>
        Array.from({ length: portCount }, (_, i) => externalPort + i),
      );
      expect(new Set(ports).size).toBe(counts.reduce((sum, count) => sum + count));
      expect(Math.min(...ports)).toBeGreaterThanOrEqual(externalPorts.from);
      expect(Math.max(...ports)).toBeLessThanOrEqual(externalPorts.to);
    },
  );

  testRange(
    "two ranges share no external port: the error names the holder and offers ranges that work",
    async () => {
      const { target } = await ready();
      const [project, instance] = [await fixture.project(), await fixture.instance("web")];
      const first = await fixture.freePorts(200);
      const { portForwards } = fixture.platform;
      const holder = await portForwards.create({
        ...{ ...target, internalPort: 9000, externalPort: first + 50, portCount: 10 },
      });
      for (const [from, portCount] of [
        [first + 59, 5],
        [first + 41, 10],
        [first + 45, 20],
        [first + 55, 1],
      ] as const) {
        const wanted = { ...target, internalPort: 9500, externalPort: from, portCount };
        const error = await rejection(portForwards.create(wanted), "external_port_taken");
        expect(error.field).toBe("/externalPort");
        expect(error.details).toMatchObject({
          id: holder.id,
          key: `${hostText(holder.externalIp)}:${first + 50}-${first + 59}/tcp`,
          projectId: project.id,
          projectName: project.name,
          instanceName: instance.name,
          ownershipId: null,
        });
        expect(error.message).toContain(String(error.details!.key));
        const [free] = error.details!.freePorts as number[];
        const made = await portForwards.create({ ...wanted, externalPort: free! });
        await portForwards.delete(made.id);
      }
      // The neighbours on both sides are free.
      await portForwards.create({ ...target, internalPort: 9500, externalPort: first + 40, portCount: 10 });
      await portForwards.create({ ...target, internalPort: 9600, externalPort: first + 60, portCount: 10 });
    },
  );

  testRange("each port of an instance is forwarded once, also within ranges", async () => {
    const { target } = await ready();
    const { portForwards } = fixture.platform;
    const holder = await portForwards.create({ ...target, internalPort: 9000, portCount: 10 });
    const error = await rejection(
      portForwards.create({ ...target, internalPort: 9009, portCount: 3 }),
      "internal_port_taken",
    );
    expect(error.field).toBe("/internalPort");
    expect(error.details).toMatchObject({ id: holder.id });
    expect(error.message).toContain("9000-9009");
    const next = await portForwards.create({ ...target, internalPort: 9010, portCount: 3 });
    await rejection(portForwards.update(next.id, { internalPort: 9008 }), "internal_port_taken");
    expect(await portForwards.get(next.id)).toEqual(next);
  });

  testRange("a range grows and shrinks in place and keeps its first port", async () => {
    const { target } = await ready();
    const { portForwards } = fixture.platform;
    const externalPort = await fixture.freePorts(2);
    const one = await portForwards.create({ ...target, internalPort: 8080, externalPort });
    const two = await portForwards.update(one.id, { portCount: 2 });
    expect(two).toMatchObject({ id: one.id, externalPort, portCount: 2 });
    await fixture.expectHttp(at(one, 0), ":8080");
    await fixture.expectHttp(at(one, 1), ":8081");
    const neighbour = { ...target, internalPort: 2222, externalPort: externalPort + 1 };
    await rejection(portForwards.create(neighbour), "external_port_taken");
    await portForwards.update(one.id, { portCount: 1 });
    await fixture.expectHttp(at(one, 0), ":8080");
    await fixture.expectSilence(at(one, 1));
    const { id } = await portForwards.create(neighbour);
    const error = await rejection(portForwards.update(one.id, { portCount: 2 }), "external_port_taken");
    expect(error.field).toBe("/portCount");
    expect(error.details).toMatchObject({ id });
    await fixture.expectHttp(at(one, 0), ":8080");
  });

  testRange("a range of which a port is held is not moved there, and stays as it was", async () => {
    const { target, input } = await ready();
    const { portForwards } = fixture.platform;
    const externalPort = (await fixture.freePorts(3)) + 2;
    await portForwards.create({ ...target, internalPort: 2222, externalPort });
    const range = await portForwards.create(input);
    const moved = portForwards.update(range.id, { externalPort: externalPort - 1 });
    await rejection(moved, "external_port_taken");
    expect(await portForwards.get(range.id)).toEqual(range);
    await fixture.expectHttp(at(range, 1), ":8081");
    const free = await portForwards.update(range.id, { externalPort: externalPort - 2 });
    await fixture.expectHttp(at(free, 1), ":8081");
    await fixture.expectSilence(at(range, 1));
  });

  testRange(
    "ranges end at the last port there is, and chosen ones lie in the platform's range as a whole",
    async () => {
      const { target, input } = await ready();
      const { portForwards } = fixture.platform;
      const beyond = await rejection(
        portForwards.create({ ...target, internalPort: 65_000, portCount: 1_000 }),
        "invalid_argument",
      );
      expect(beyond.field).toBe("/portCount");
      expect(beyond.message).toContain("has at most 536 ports");
      await rejection(portForwards.create({ ...input, portCount: 1_001 }), "invalid_argument");
      await rejection(portForwards.create({ ...input, portCount: 0 }), "invalid_argument");
      const { externalPorts } = await fixture.info();
      const outside = { ...input, externalPort: externalPorts.to };
      const error = await rejection(portForwards.create(outside), "external_port_out_of_range");
      expect(error.message).toContain(`${externalPorts.to}-${externalPorts.to + 1}`);
      const [free] = error.details!.freePorts as number[];
      const made = await portForwards.create({ ...outside, externalPort: free! });
      const grown = portForwards.update(made.id, { portCount: externalPorts.to - free! + 2 });
      expect((await rejection(grown, "external_port_out_of_range")).field).toBe("/portCount");
    },
  );

  testRange("a forward is found by each port that it covers", async () => {
    const { target } = await ready();
    const { portForwards } = fixture.platform;
    const first = await fixture.freePorts(20);
    const range = await portForwards.create({
      ...{ ...target, internalPort: 9000, externalPort: first, portCount: 10 },
    });
    const single = await portForwards.create({ ...target, internalPort: 8080, externalPort: first + 10 });
    const found = async (externalPort: number) =>
      (await portForwards.list({ projectId: target.projectId, externalPort, protocol: "tcp" })).items.map(
        ({ id }) => id,
      );
    expect(await found(first)).toEqual([range.id]);
    expect(await found(first + 9)).toEqual([range.id]);
    expect(await found(first + 10)).toEqual([single.id]);
    expect(await found(first - 1)).toEqual([]);
  });
}
