import { once } from "node:events";
import { createServer } from "node:net";
import { hostText } from "../../lib/contract";
import { rejection } from "../../lib/testing/conformance/rejection";
import { cleanUp, freshFolder, onCleanUp } from "../support/clean-up";
import { freshAddress, successivePlatforms } from "../support/embedded";
import { projectWithInstance } from "../support/project";
import { httpBody } from "../support/traffic";

afterEach(cleanUp);

/** A program of the host that sits on a port. */
async function squat(port: number, host: string): Promise<void> {
  const server = createServer();
  await once(server.listen(port, host), "listening");
  onCleanUp(() => void server.close());
}

test("without a chosen port or address, a forward gets the first address that has room", async () => {
  const externalIps = [freshAddress(), freshAddress()];
  const { platform } = await successivePlatforms({ externalIps, ports: { from: 21000, to: 21003 } })();
  const { portForwards } = platform;
  const { target } = await projectWithInstance(platform);
  const make = (internalPort: number, more: object = {}) =>
    portForwards.create({ ...target, internalPort, ...more });
  const where = async (made: ReturnType<typeof make>) => {
    const { externalIp, externalPort } = await made;
    return [externalIps.indexOf(externalIp), externalPort];
  };
  expect(await where(make(9000, { portCount: 3 }))).toEqual([0, 21000]);
  expect(await where(make(9010, { portCount: 2 }))).toEqual([1, 21000]);
  expect(await where(make(9020))).toEqual([0, 21003]);
  expect(await where(make(9030))).toEqual([1, 21002]);
  const chosen = await rejection(make(9040, { externalPort: 21000 }), "external_port_taken");
  expect(chosen.message).toContain(`of ${externalIps[0]}`);
  const none = await rejection(make(9040, { portCount: 2 }), "external_ports_exhausted");
  expect(none.message).toBe(
    `There are no 2 consecutive tcp ports left among 21000 to 21003 of ${externalIps.join(", ")}.`,
  );
  expect(none.field).toBe("/portCount");
  await rejection(make(9040, { externalIp: externalIps[0] }), "external_ports_exhausted");
  expect(await where(make(9040))).toEqual([1, 21003]);
  expect(await where(make(9050, { protocol: "udp", portCount: 4 }))).toEqual([0, 21000]);
});

test("an assigned range passes by what a program of the host sits on; a chosen one is refused and leaves nothing", async () => {
  const { platform, settings } = await successivePlatforms()();
  const { portForwards } = platform;
  const { target } = await projectWithInstance(platform);
  const [externalIp] = settings.externalIps;
  await squat(20130, externalIp!);
  const range = { ...target, internalPort: 8080, portCount: 5 };
  const error = await rejection(
    portForwards.create({ ...range, externalPort: 20126 }),
    "external_port_unavailable",
  );
  expect(error.message).toContain("tcp ports 20126-20130");
  expect(error.message).toContain(`${externalIp}:20130/tcp`);
  expect((await portForwards.list()).items).toEqual([]);
  const assigned = await portForwards.create(range);
  expect(assigned.externalPort).toBe(20133);
  expect(await httpBody(`${hostText(externalIp!)}:20134`)).toContain(":8081");
  // Growing onto the squatter's port is taken back as a whole.
  const one = await portForwards.create({ ...target, internalPort: 2222, externalPort: 20129 });
  await rejection(portForwards.update(one.id, { portCount: 2 }), "external_port_unavailable");
  expect(await portForwards.get(one.id)).toMatchObject({ portCount: 1, status: "active" });
});

test("a restart brings every port of a range back; one outside of what the next start allows stays as it is", async () => {
  const dataDir = freshFolder();
  const externalIps = [freshAddress()];
  const start = (ports?: { from: number; to: number }) =>
    successivePlatforms({ dataDir, externalIps, ...(ports ? { ports } : {}) })();
  const first = await start();
  const { target } = await projectWithInstance(first.platform);
  const made = await first.platform.portForwards.create({ ...target, internalPort: 8080, portCount: 2 });
  await first.close();

  const second = await start({ from: 25000, to: 25999 });
  const { portForwards } = second.platform;
  expect(await portForwards.get(made.id)).toEqual(made);
  const secondPort = `${hostText(made.externalIp)}:${made.externalPort + 1}`;
  expect(await httpBody(secondPort)).toContain(":8081");
  expect(await portForwards.update(made.id, { description: "old" })).toMatchObject({ status: "active" });
  await rejection(portForwards.update(made.id, { portCount: 3 }), "external_port_out_of_range");
  expect(await httpBody(secondPort)).toContain(":8081");
  const moved = await portForwards.update(made.id, { externalPort: 25500 });
  expect(await httpBody(moved.socketAddress)).toContain(":8080");
});
