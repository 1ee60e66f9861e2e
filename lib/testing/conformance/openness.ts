import { eventually } from "./eventually";
import type { Fixture } from "./fixture";
import { rejection } from "./rejection";
import type { Need } from "./subject";
import { type HeldConnection, holdConnection } from "./traffic";

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();

/** What platforms do with forwards that expire or are disabled. */
export function opennessBehaviour(fixture: Fixture): void {
  const testExpiry = (title: string, body: () => Promise<void>, more: readonly Need[] = []) =>
    fixture.test(["expiry", ...more], title, body);
  const testEnabled = (title: string, body: () => Promise<void>, more: readonly Need[] = []) =>
    fixture.test(["disabling", ...more], title, body);
  const echo = async () => ({ input: { ...(await fixture.target("echo")), internalPort: 7007 } });
  const refuses = (socketAddress: string) => fixture.expectSilence(socketAddress);
  const answers = (socketAddress: string) => fixture.expectEcho("tcp", socketAddress);
  const hold = async (socketAddress: string): Promise<Pick<HeldConnection, "cut"> | undefined> =>
    fixture.offers("packets") ? holdConnection(socketAddress) : undefined;

  testExpiry("a forward closes when its time is over: open connections are cut, new ones refused", async () => {
    const { portForwards } = fixture.platform;
    const { input } = await echo();
    const expiresAt = inMs(2_000);
    const forward = await portForwards.create({ ...input, expiresAt });
    expect(forward).toMatchObject({ expiresAt, status: "active" });
    const held = await holdConnection(forward.socketAddress);
    const cut = await held.cut;
    expect(cut).toBeGreaterThanOrEqual(Date.parse(expiresAt) - 50);
    expect(cut).toBeLessThan(Date.parse(expiresAt) + 1_500);
    await refuses(forward.socketAddress);
    const expired = await portForwards.get(forward.id);
    expect({ ...expired, statistics: null }).toEqual({
      ...forward,
      status: "expired",
      statistics: null,
    });
  }, ["packets"]);

  testExpiry("an expired forward keeps its port and is renewed in place", async () => {
    const { portForwards } = fixture.platform;
    const { input } = await echo();
    const expiresAt = "2001-01-01T00:00:00Z";
    const forward = await portForwards.create({ ...input, expiresAt });
    expect(forward).toMatchObject({ status: "expired", expiresAt });
    await refuses(forward.socketAddress);
    const { externalPort } = forward;
    await rejection(
      portForwards.create({ ...input, internalPort: 7008, externalPort }),
      "external_port_taken",
    );
    const renewed = await portForwards.update(forward.id, { expiresAt: inMs(60_000) });
    expect(renewed).toMatchObject({ id: forward.id, externalPort, status: "active" });
    await answers(forward.socketAddress);
    const endless = await portForwards.update(forward.id, { expiresAt: null });
    expect(endless).toMatchObject({ status: "active", expiresAt: null });
    const held = await hold(forward.socketAddress);
    expect(await portForwards.update(forward.id, { expiresAt })).toMatchObject({ status: "expired" });
    await held?.cut;
    await refuses(forward.socketAddress);
  });

  testExpiry("a time is absolute, with its offset, and is given back as it was written", async () => {
    const { portForwards } = fixture.platform;
    const { input } = await echo();
    for (const wrong of ["tomorrow", "2026-12-31", "2026-12-31T18:00:00", "90d", "2026-13-01T00:00:00Z"]) {
      const error = await rejection(portForwards.create({ ...input, expiresAt: wrong }), "invalid_argument");
      expect(error.field).toBe("/expiresAt");
      expect(error.message).toContain("2026-12-31T18:00:00+09:00");
    }
    const expiresAt = "2099-12-31T18:00:00+09:00";
    const forward = await portForwards.create({ ...input, expiresAt });
    expect(await portForwards.get(forward.id)).toMatchObject({ expiresAt, status: "active" });
  });

  testExpiry("a renewal that comes in time keeps open connections", async () => {
    const { portForwards } = fixture.platform;
    const { input } = await echo();
    const forward = await portForwards.create({ ...input, expiresAt: inMs(1_500) });
    const held = await holdConnection(forward.socketAddress);
    await portForwards.update(forward.id, { expiresAt: inMs(60_000) });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await held.echoes()).toBe(true);
    held.end();
  }, ["packets"]);

  testEnabled("a disabled forward keeps its port and carries nothing", async () => {
    const { portForwards } = fixture.platform;
    const { input } = await echo();
    const externalPort = await fixture.freePorts();
    const forward = await portForwards.create({ ...input, externalPort });
    expect(forward).toMatchObject({ enabled: true, status: "active" });
    const held = await hold(forward.socketAddress);
    const disabled = await portForwards.update(forward.id, { enabled: false });
    expect(disabled).toMatchObject({ enabled: false, status: "disabled", externalPort });
    await held?.cut;
    await refuses(forward.socketAddress);
    await rejection(
      portForwards.create({ ...input, internalPort: 7008, externalPort }),
      "external_port_taken",
    );
    await rejection(portForwards.create(input), "internal_port_taken");
    expect(await portForwards.update(forward.id, { enabled: true })).toMatchObject({ status: "active" });
    await answers(forward.socketAddress);
  });

  testEnabled("a forward may be made disabled, and changed while it is", async () => {
    const { portForwards } = fixture.platform;
    const { input } = await echo();
    const forward = await portForwards.create({ ...input, enabled: false });
    expect(forward).toMatchObject({ status: "disabled" });
    await refuses(forward.socketAddress);
    const externalPort = await fixture.freePorts();
    const moved = await portForwards.update(forward.id, { externalPort });
    expect(moved).toMatchObject({ status: "disabled", externalPort });
    await refuses(moved.socketAddress);
    const { socketAddress } = await portForwards.update(forward.id, { enabled: true });
    await answers(socketAddress);
  });

  testEnabled("a status says the first of what keeps a forward closed: detached, expired, disabled", async () => {
    const { portForwards, instances } = fixture.platform;
    const { project, instance } = await fixture.ownInstance("echo");
    const input = {
      ...{ projectId: project.id, instanceId: instance.id, protocol: "tcp" as const, internalPort: 7007 },
    };
    const forward = await portForwards.create({ ...input, enabled: false });
    expect(forward.status).toBe("disabled");
    if (fixture.offers("expiry")) {
      const expired = await portForwards.update(forward.id, { expiresAt: "2001-01-01T00:00:00Z" });
      expect(expired.status).toBe("expired");
    }
    await instances.delete(instance.id);
    expect(await eventually(() => portForwards.get(forward.id))).toMatchObject({ status: "detached" });
  }, ["instanceManagement"]);
}
