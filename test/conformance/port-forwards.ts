import type { Platform } from "../../lib/contract";
import { hostAndPort, httpBody, tcpExchange, udpExchange } from "../support/traffic";
import { projectWithInstance, rejection, testWhere } from "./subject";

/** What every platform does with port forwards. */
export function portForwardBehaviour(platform: () => Platform): void {
  const ready = async () => {
    const { project, instance, target } = await projectWithInstance(platform());
    return { project, instance, input: { ...target, internalPort: 8080 } };
  };
  const echo = (projectId: string, name = "echo") =>
    platform().instances.create({ projectId, name, image: "echo", flavor: "small" });

  test("a created forward carries traffic at an assigned port", async () => {
    const { project, instance, input } = await ready();
    const forward = await platform().portForwards.create(input);
    expect(forward).toMatchObject({
      ...input,
      projectId: project.id,
      internalIp: instance.privateIp,
      description: "",
      labels: {},
      allowedCidrs: [],
      status: "active",
      revision: 1,
    });
    expect(project.externalIps).toContain(forward.externalIp);
    expect(forward.socketAddress).toBe(`${forward.externalIp}:${forward.externalPort}`);
    expect(await httpBody(forward.socketAddress)).toContain("web");
  });

  test("TCP and UDP reach the same instance, also by one number", async () => {
    const { project } = await ready();
    const { id: instanceId } = await echo(project.id);
    const input = { projectId: project.id, instanceId, internalPort: 7007 };
    const tcp = await platform().portForwards.create({ ...input, protocol: "tcp", externalPort: 30022 });
    const udp = await platform().portForwards.create({ ...input, protocol: "udp", externalPort: 30022 });
    expect(await tcpExchange(tcp.socketAddress, "over tcp", 8)).toBe("over tcp");
    expect(await udpExchange(udp.socketAddress, "over udp")).toBe("over udp");
  });

  test("an external port has one holder; the error names it and offers free ports that work", async () => {
    const { project, instance, input } = await ready();
    const holder = await platform().portForwards.create({ ...input, externalPort: 30022 });
    const wanted = { ...input, internalPort: 8081, externalPort: 30022 };
    const error = await rejection(platform().portForwards.create(wanted), "external_port_taken");
    expect(error.message).toContain(holder.id);
    expect(error.message).toContain(`instance ${instance.name}`);
    expect(error.message).toContain(`project ${project.name}`);
    expect(error.field).toBe("/externalPort");
    const [freePort] = error.details!.freePorts as number[];
    expect(error.message).toContain(`Free nearby: ${freePort}`);
    const other = await platform().portForwards.create({ ...wanted, externalPort: freePort! });
    await rejection(platform().portForwards.update(other.id, { externalPort: 30022 }), "external_port_taken");
    expect(await httpBody(other.socketAddress)).toContain("web");
  });

  test("a chosen port outside of the range is refused with the range", async () => {
    const { input } = await ready();
    const error = await rejection(
      platform().portForwards.create({ ...input, externalPort: 80 }),
      "external_port_out_of_range",
    );
    expect(error.message).toMatch(/forwards ports \d+ to \d+/);
  });

  test("an instance's port is forwarded once", async () => {
    const { input } = await ready();
    const holder = await platform().portForwards.create(input);
    const error = await rejection(platform().portForwards.create(input), "internal_port_taken");
    expect(error.message).toContain(holder.id);
    const other = await platform().portForwards.create({ ...input, internalPort: 8081 });
    await rejection(platform().portForwards.update(other.id, { internalPort: 8080 }), "internal_port_taken");
  });

  test("an instance of another project is refused, on create and on change", async () => {
    const { project, input } = await ready();
    const other = await platform().projects.create({ name: "other" });
    const stranger = await echo(other.id);
    const wrong = { ...input, instanceId: stranger.id };
    expect((await rejection(platform().portForwards.create(wrong), "project_mismatch")).field).toBe(
      "/instanceId",
    );
    await rejection(platform().portForwards.create({ ...input, projectId: other.id }), "project_mismatch");
    const forward = await platform().portForwards.create(input);
    await rejection(
      platform().portForwards.update(forward.id, { instanceId: stranger.id }),
      "project_mismatch",
    );
    expect((await platform().portForwards.list({ projectId: project.id })).items).toEqual([forward]);
  });

  test("everything but the project changes in place; id and external port survive", async () => {
    const { project, input } = await ready();
    const second = await platform().instances.create({
      projectId: project.id,
      name: "next",
      image: "http-hello",
      flavor: "small",
    });
    const { capabilities } = await platform().info();
    const forward = await platform().portForwards.create(input);
    const patch = {
      instanceId: second.id,
      internalPort: 8081,
      description: "web service",
      labels: { tier: "web" },
      ...(capabilities.sources ? { allowedCidrs: ["127.0.0.0/8"] } : {}),
    };
    const changed = await platform().portForwards.update(forward.id, patch);
    expect(changed).toEqual({ ...forward, ...patch, internalIp: second.privateIp, revision: 2 });
    const answer = await httpBody(forward.socketAddress);
    expect(answer).toContain("next");
    expect(answer).toContain("8081");
    const moved = await platform().portForwards.update(forward.id, { externalPort: 30500 });
    expect(moved.id).toBe(forward.id);
    expect(await httpBody(moved.socketAddress)).toContain("next");
    await expect(httpBody(forward.socketAddress)).rejects.toThrow();
  });

  test("a detached forward is given another instance and keeps its port", async () => {
    const { project, instance, input } = await ready();
    const forward = await platform().portForwards.create(input);
    await platform().instances.delete(instance.id);
    const next = await platform().instances.create({
      projectId: project.id,
      name: "next",
      image: "http-hello",
      flavor: "small",
    });
    const attached = await platform().portForwards.update(forward.id, { instanceId: next.id });
    expect(attached).toMatchObject({ status: "active", externalPort: forward.externalPort });
    expect(await httpBody(forward.socketAddress)).toContain("next");
  });

  testWhere("sources", platform, "only allowed sources reach the instance", async () => {
    const { input } = await ready();
    const forward = await platform().portForwards.create({
      ...input,
      allowedCidrs: ["127.9.9.0/24", "2001:db8::/32"],
    });
    expect(await httpBody(forward.socketAddress, "127.9.9.9")).toContain("web");
    await expect(httpBody(forward.socketAddress, "127.9.8.9")).rejects.toThrow();
    await platform().portForwards.update(forward.id, { allowedCidrs: [] });
    expect(await httpBody(forward.socketAddress, "127.9.8.9")).toContain("web");
  });

  test("sources that are no CIDRs are refused with what to write instead", async () => {
    const { input } = await ready();
    const wrong = { ...input, allowedCidrs: ["198.51.100.7", "10.0.0.5/8"] };
    const error = await rejection(platform().portForwards.create(wrong), "invalid_argument");
    expect(error.field).toBe("/allowedCidrs/0");
    expect(error.message).toContain("198.51.100.7/32");
    expect(error.message).toContain("write 10.0.0.0/8");
  });

  test("a deleted forward carries nothing, and its number is free to choose", async () => {
    const { input } = await ready();
    const forward = await platform().portForwards.create({ ...input, externalPort: 30022 });
    await platform().portForwards.delete(forward.id);
    await rejection(platform().portForwards.get(forward.id), "not_found");
    await rejection(platform().portForwards.delete(forward.id), "not_found");
    await expect(httpBody(forward.socketAddress)).rejects.toThrow();
    await platform().portForwards.create({ ...input, externalPort: 30022 });
  });

  test("a released port is not assigned again at once", async () => {
    const { input } = await ready();
    const first = await platform().portForwards.create(input);
    await platform().portForwards.delete(first.id);
    const second = await platform().portForwards.create(input);
    expect(second.externalPort).not.toBe(first.externalPort);
  });

  test("forwards asked for at once get different ports", async () => {
    const { project, input } = await ready();
    const ports = Array.from({ length: 20 }, (_, i) => 9000 + i);
    const made = await Promise.all(
      ports.map((internalPort) =>
        platform().portForwards.create({ ...input, projectId: project.id, internalPort }),
      ),
    );
    expect(new Set(made.map((forward) => forward.externalPort)).size).toBe(20);
  });

  test("lists are filtered by project, instance, protocol, external port and labels", async () => {
    const { project, instance, input } = await ready();
    const tcp = await platform().portForwards.create({ ...input, labels: { tier: "web" } });
    const udp = await platform().portForwards.create({ ...input, protocol: "udp", internalPort: 53 });
    const ids = async (query: object) =>
      (await platform().portForwards.list(query)).items.map((item) => item.id);
    expect(await ids({ projectId: project.id })).toEqual([tcp.id, udp.id]);
    expect(await ids({ instanceId: instance.id, protocol: "udp" })).toEqual([udp.id]);
    const { port } = hostAndPort(tcp.socketAddress);
    expect(await ids({ externalPort: port, protocol: "tcp" })).toEqual([tcp.id]);
    expect(await ids({ labels: "tier=web" })).toEqual([tcp.id]);
    expect(await ids({ projectId: "prj-none" })).toEqual([]);
  });

  test("the same idempotency key makes one forward with one port", async () => {
    const { input } = await ready();
    const options = { idempotencyKey: "once" };
    const [one, two] = await Promise.all([
      platform().portForwards.create(input, options),
      platform().portForwards.create(input, options),
    ]);
    expect(two).toEqual(one);
    await rejection(
      platform().portForwards.create({ ...input, internalPort: 8081 }, options),
      "idempotency_key_reused",
    );
  });

  test("what an idempotency key has made is found by it, as long as it is there", async () => {
    const { input } = await ready();
    const { portForwards } = platform();
    const idempotencyKey = "plan-1/forward";
    const made = await portForwards.create(input, { idempotencyKey });
    await portForwards.create({ ...input, internalPort: 8081 }, { idempotencyKey: "plan-1/other" });
    await portForwards.create({ ...input, internalPort: 2222 });
    expect((await portForwards.list({ idempotencyKey })).items).toEqual([made]);
    expect((await portForwards.list({ idempotencyKey, protocol: "udp" })).items).toEqual([]);
    expect((await platform().projects.list({ idempotencyKey })).items).toEqual([]);
    await portForwards.delete(made.id);
    expect((await portForwards.list({ idempotencyKey })).items).toEqual([]);
    await rejection(portForwards.create(input, { idempotencyKey }), "idempotency_key_reused");
  });

  test("a change decided on an old revision is refused", async () => {
    const { input } = await ready();
    const forward = await platform().portForwards.create(input);
    await platform().portForwards.update(forward.id, { description: "a" }, { revision: 1 });
    await rejection(
      platform().portForwards.update(forward.id, { description: "b" }, { revision: 1 }),
      "revision_mismatch",
    );
    await rejection(platform().portForwards.delete(forward.id, { revision: 1 }), "revision_mismatch");
  });
}
