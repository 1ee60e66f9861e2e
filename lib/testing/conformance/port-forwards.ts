import { expectChange, type Fixture } from "./fixture";
import { rejection } from "./rejection";
import { hostAndPort } from "./traffic";

/** What every platform does with port forwards. */
export function portForwardBehaviour(fixture: Fixture): void {
  const ready = async () => ({ ...(await fixture.target()), internalPort: 8080 });

  fixture.test([], "a created forward has an assigned port, and carries traffic", async () => {
    const { portForwards } = fixture.platform;
    const [project, instance, input] = [
      await fixture.project(),
      await fixture.instance("web"),
      await ready(),
    ];
    const forward = await portForwards.create(input);
    expect(forward).toMatchObject({
      ...input,
      portCount: 1,
      internalIp: instance.privateIp,
      description: "",
      labels: {},
      allowedCidrs: [],
      proxyProtocol: false,
      expiresAt: null,
      enabled: true,
      deletionProtection: false,
      ownershipId: null,
      status: "active",
    });
    const { from, to } = (await fixture.info()).externalPorts;
    expect(forward.externalPort).toBeGreaterThanOrEqual(from);
    expect(forward.externalPort).toBeLessThanOrEqual(to);
    expect(project.externalIps).toContain(forward.externalIp);
    expect(forward.socketAddress).toBe(`${forward.externalIp}:${forward.externalPort}`);
    expect(await portForwards.get(forward.id)).toEqual(forward);
    await fixture.expectHttp(forward.socketAddress, instance.name);
  });

  fixture.test([], "TCP and UDP reach the same instance, also by one number", async () => {
    const { portForwards } = fixture.platform;
    const externalPort = await fixture.freePorts();
    const input = { ...(await fixture.target("echo")), internalPort: 7007, externalPort };
    const tcp = await portForwards.create(input);
    const udp = await portForwards.create({ ...input, protocol: "udp" });
    expect([tcp.externalPort, udp.externalPort]).toEqual([externalPort, externalPort]);
    await fixture.expectEcho("tcp", tcp.socketAddress);
    await fixture.expectEcho("udp", udp.socketAddress);
  });

  fixture.test(
    [],
    "an external port has one holder; the error names it and offers free ports that work",
    async () => {
      const { portForwards } = fixture.platform;
      const [project, instance] = [await fixture.project(), await fixture.instance("web")];
      const input = { ...(await ready()), externalPort: await fixture.freePorts() };
      const holder = await portForwards.create(input);
      const wanted = { ...input, internalPort: 8081 };
      const error = await rejection(portForwards.create(wanted), "external_port_taken");
      expect(error.message).toContain(holder.id);
      expect(error.message).toContain(`instance ${instance.name}`);
      expect(error.message).toContain(`project ${project.name}`);
      expect(error.field).toBe("/externalPort");
      const [freePort] = error.details!.freePorts as number[];
      expect(error.message).toContain(`Free nearby: ${freePort}`);
      const other = await portForwards.create({ ...wanted, externalPort: freePort! });
      const moved = portForwards.update(other.id, { externalPort: holder.externalPort });
      await rejection(moved, "external_port_taken");
      await fixture.expectHttp(other.socketAddress, instance.name);
    },
  );

  fixture.test([], "a chosen port outside of the range is refused with the range", async () => {
    const { from, to } = (await fixture.info()).externalPorts;
    const outside = from > 1 ? from - 1 : to + 1;
    if (outside > 65_535) return;
    const wrong = { ...(await ready()), externalPort: outside };
    const error = await rejection(fixture.platform.portForwards.create(wrong), "external_port_out_of_range");
    expect(error.message).toContain(`forwards ports ${from} to ${to}`);
  });

  fixture.test([], "an instance's port is forwarded once", async () => {
    const { portForwards } = fixture.platform;
    const input = await ready();
    const holder = await portForwards.create(input);
    const error = await rejection(portForwards.create(input), "internal_port_taken");
    expect(error.message).toContain(holder.id);
    expect(error.field).toBe("/internalPort");
    const other = await portForwards.create({ ...input, internalPort: 8081 });
    await rejection(portForwards.update(other.id, { internalPort: 8080 }), "internal_port_taken");
  });

  fixture.test([], "an instance that is not there is refused", async () => {
    const { portForwards } = fixture.platform;
    const wrong = { ...(await ready()), instanceId: "no-such-instance" };
    expect((await rejection(portForwards.create(wrong), "invalid_argument")).field).toBe("/instanceId");
  });

  fixture.test(
    ["secondProject"],
    "an instance of another project is refused, on create and on change",
    async () => {
      const { portForwards } = fixture.platform;
      const input = await ready();
      const [stranger, other] = [await fixture.instance("stranger"), await fixture.otherProject()];
      const wrong = { ...input, instanceId: stranger.id };
      expect((await rejection(portForwards.create(wrong), "project_mismatch")).field).toBe("/instanceId");
      await rejection(portForwards.create({ ...input, projectId: other.id }), "project_mismatch");
      const forward = await portForwards.create(input);
      await rejection(portForwards.update(forward.id, { instanceId: stranger.id }), "project_mismatch");
      expect(await portForwards.get(forward.id)).toEqual(forward);
    },
  );

  fixture.test([], "everything but the project changes in place; id and external port survive", async () => {
    const { portForwards } = fixture.platform;
    const next = await fixture.instance("next");
    const forward = await portForwards.create(await ready());
    const patch = {
      instanceId: next.id,
      internalPort: 8081,
      description: "web service",
      labels: { tier: "web" },
      ...(fixture.offers("sources") ? { allowedCidrs: ["0.0.0.0/0"] } : {}),
    };
    const changed = await portForwards.update(forward.id, patch);
    expectChange(changed, forward, { ...patch, internalIp: next.privateIp });
    expect(await portForwards.get(forward.id)).toEqual(changed);
    await fixture.expectHttp(forward.socketAddress, next.name, "8081");
    const moved = await portForwards.update(forward.id, { externalPort: await fixture.freePorts() });
    expect(moved.id).toBe(forward.id);
    await fixture.expectHttp(moved.socketAddress, next.name);
    await fixture.expectSilence(forward.socketAddress);
  });

  fixture.test([], "a change that changes nothing keeps the revision", async () => {
    const { portForwards } = fixture.platform;
    const made = await portForwards.create({ ...(await ready()), description: "web service" });
    const { internalPort, externalPort, description, labels } = made;
    const same = { internalPort, externalPort, description, labels };
    expect(await portForwards.update(made.id, same)).toEqual(made);
  });

  fixture.test(["sources", "packets"], "only allowed sources reach the instance", async () => {
    const { portForwards } = fixture.platform;
    const allowedCidrs = ["198.51.100.0/24", "2001:db8::/32"];
    const forward = await portForwards.create({ ...(await ready()), allowedCidrs });
    expect(forward.allowedCidrs).toEqual(allowedCidrs);
    await fixture.expectSilence(forward.socketAddress);
    await portForwards.update(forward.id, { allowedCidrs: [...allowedCidrs, "0.0.0.0/0"] });
    await fixture.expectHttp(forward.socketAddress);
    await portForwards.update(forward.id, { allowedCidrs });
    await fixture.expectSilence(forward.socketAddress);
    await portForwards.update(forward.id, { allowedCidrs: [] });
    await fixture.expectHttp(forward.socketAddress);
  });

  fixture.test([], "sources that are no CIDRs are refused with what to write instead", async () => {
    const wrong = { ...(await ready()), allowedCidrs: ["198.51.100.7", "10.0.0.5/8"] };
    const error = await rejection(fixture.platform.portForwards.create(wrong), "invalid_argument");
    expect(error.field).toBe("/allowedCidrs/0");
    expect(error.message).toContain("198.51.100.7/32");
    expect(error.message).toContain("write 10.0.0.0/8");
  });

  fixture.test([], "a deleted forward carries nothing, and its number is free to choose", async () => {
    const { portForwards } = fixture.platform;
    const input = { ...(await ready()), externalPort: await fixture.freePorts() };
    const forward = await portForwards.create(input);
    await portForwards.delete(forward.id);
    await rejection(portForwards.get(forward.id), "not_found");
    await rejection(portForwards.delete(forward.id), "not_found");
    await rejection(portForwards.update(forward.id, { description: "gone" }), "not_found");
    await fixture.expectSilence(forward.socketAddress);
    await portForwards.create(input);
  });

  fixture.test([], "a released port is not assigned again at once", async () => {
    const { portForwards } = fixture.platform;
    const input = await ready();
    const first = await portForwards.create(input);
    await portForwards.delete(first.id);
    const second = await portForwards.create(input);
    expect(second.externalPort).not.toBe(first.externalPort);
  });

  fixture.test([], "forwards asked for at once get different ports", async () => {
    const { portForwards } = fixture.platform;
    const target = await fixture.target();
    const ports = Array.from({ length: 20 }, (_, i) => 9000 + i);
    const made = await Promise.all(
      ports.map((internalPort) => portForwards.create({ ...target, internalPort })),
    );
    expect(new Set(made.map((forward) => forward.externalPort)).size).toBe(20);
  });

  fixture.test(
    [],
    "lists are filtered by project, instance, protocol, external port and labels",
    async () => {
      const { portForwards } = fixture.platform;
      const input = await ready();
      const { projectId, instanceId } = input;
      const tier = fixture.name("web");
      const tcp = await portForwards.create({ ...input, labels: { tier } });
      const udp = await portForwards.create({ ...input, protocol: "udp", internalPort: 53 });
      const ids = async (query: object) =>
        (await portForwards.list(query)).items.map((item) => item.id).sort();
      expect(await ids({ projectId })).toEqual(expect.arrayContaining([tcp.id, udp.id]));
      expect(await ids({ instanceId })).toEqual([tcp.id, udp.id].sort());
      expect(await ids({ instanceId, protocol: "udp" })).toEqual([udp.id]);
      const { port: externalPort } = hostAndPort(tcp.socketAddress);
      expect(await ids({ projectId, externalPort, protocol: "tcp" })).toEqual([tcp.id]);
      expect(await ids({ labels: `tier=${tier}` })).toEqual([tcp.id]);
      expect(await ids({ projectId: "no-such-project" })).toEqual([]);
    },
  );

  fixture.test([], "a change decided on an old revision is refused", async () => {
    const { portForwards } = fixture.platform;
    const { id, revision: old } = await portForwards.create(await ready());
    const { revision } = await portForwards.update(id, { description: "a" }, { revision: old });
    expect(revision).not.toBe(old);
    const late = portForwards.update(id, { description: "b" }, { revision: old });
    await rejection(late, "revision_mismatch");
    await rejection(portForwards.delete(id, { revision: old }), "revision_mismatch");
    await portForwards.delete(id, { revision });
  });
}
