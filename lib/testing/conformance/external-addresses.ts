import type { Fixture } from "./fixture";
import { rejection } from "./rejection";

/** What platforms do with the addresses that forwards can have. */
export function externalAddressBehaviour(fixture: Fixture): void {
  const testChoice = (title: string, body: () => Promise<void>) =>
    fixture.test(["externalIpChoice"], title, body);
  const ready = async () => {
    const { externalIps: addresses } = await fixture.project();
    return { addresses, input: { ...(await fixture.target()), internalPort: 8080 } };
  };

  testChoice("a forward has the address that was chosen, or the first one", async () => {
    const { portForwards } = fixture.platform;
    const { addresses, input } = await ready();
    const first = await portForwards.create({ ...input, externalPort: await fixture.freePorts() });
    expect(first.externalIp).toBe(addresses[0]);
    const externalIp = addresses.at(-1)!;
    const last = await portForwards.create({ ...input, internalPort: 8081, externalIp });
    expect(last).toMatchObject({ externalIp, socketAddress: `${externalIp}:${last.externalPort}` });
    await fixture.expectHttp(last.socketAddress, ":8081");
    const found = await portForwards.list({ externalIp });
    expect(found.items.map(({ id }) => id)).toContain(last.id);
  });

  testChoice("an address that the project does not have is refused with those that it has", async () => {
    const { portForwards } = fixture.platform;
    const { addresses, input } = await ready();
    const strange = { ...input, externalIp: "192.0.2.77" };
    const error = await rejection(portForwards.create(strange), "unknown_external_ip");
    expect(error.field).toBe("/externalIp");
    expect(error.message).toBe(`externalIp is 192.0.2.77, but the project has ${addresses.join(", ")}.`);
    const forward = await portForwards.create(input);
    await rejection(portForwards.update(forward.id, { externalIp: "192.0.2.77" }), "unknown_external_ip");
    await rejection(portForwards.create({ ...input, externalIp: "example.com" }), "invalid_argument");
  });

  testChoice(
    "the address changes in place: the port stays, and the old address carries nothing",
    async () => {
      const { portForwards } = fixture.platform;
      const { addresses, input } = await ready();
      const [from, to] = addresses;
      if (to === undefined) return;
      const externalPort = await fixture.freePorts();
      const forward = await portForwards.create({ ...input, externalIp: from, externalPort });
      const moved = await portForwards.update(forward.id, { externalIp: to });
      expect(moved).toMatchObject({ id: forward.id, externalIp: to, externalPort });
      await fixture.expectHttp(moved.socketAddress, ":8080");
      await fixture.expectSilence(forward.socketAddress);
      // Each address has its own ports.
      const other = await portForwards.create({
        ...{ ...input, internalPort: 8081, externalIp: from, externalPort },
      });
      const back = await rejection(
        portForwards.update(moved.id, { externalIp: from }),
        "external_port_taken",
      );
      expect(back.field).toBe("/externalIp");
      expect(back.details).toMatchObject({ id: other.id });
      await fixture.expectHttp(moved.socketAddress, ":8080");
    },
  );
}
