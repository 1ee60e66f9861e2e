import { join } from "node:path";
import { openDatabase } from "../../lib/embedded/database";
import { migrate } from "../../lib/embedded/migrations";
import { addTraffic, noTraffic, readTraffic, type Traffic, writeTraffic } from "../../lib/embedded/traffic";
import { cleanUp, freshFolder } from "../support/clean-up";
import { successivePlatforms } from "../support/embedded";
import { eventually } from "../support/processes";
import { projectWithInstance } from "../support/project";
import { holdConnection, tcpExchange } from "../support/traffic";

afterEach(cleanUp);

test("what a forward has carried survives restarts, also what an open connection has", async () => {
  const start = successivePlatforms();
  const first = await start();
  const { target } = await projectWithInstance(first.platform, "ai-lab", "echo");
  const forward = await first.platform.portForwards.create({ ...target, internalPort: 7007 });
  await tcpExchange(forward.socketAddress, "0123456789", 10);
  const held = await holdConnection(forward.socketAddress);
  await first.close();
  await held.cut;

  const second = await start();
  const carried = 10 + "still there?".length;
  const after = await second.platform.portForwards.get(forward.id);
  expect(after.revision).toBe(1);
  expect(after.statistics).toMatchObject({
    ...{
      openConnections: 0,
      totalConnections: 2,
      refusedConnections: 0,
      bytesIn: carried,
      bytesOut: carried,
    },
    lastUsedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  await tcpExchange(forward.socketAddress, "01234", 5);
  await second.close();

  const third = await start();
  expect((await third.platform.portForwards.get(forward.id)).statistics).toMatchObject({
    totalConnections: 3,
    bytesIn: carried + 5,
  });
  await third.platform.portForwards.delete(forward.id);
  const again = await third.platform.portForwards.create({ ...target, internalPort: 7007 });
  expect(again.statistics).toMatchObject({ totalConnections: 0, lastUsedAt: null });
  await third.close();
  const database = openDatabase(join(third.settings.dataDir, "platform.db"));
  expect(database.all("SELECT forwardId FROM traffic")).toEqual([]);
  database.close();
});

test("what has changed is written down every few seconds, for a platform that is killed", async () => {
  const running = await successivePlatforms()();
  const { target } = await projectWithInstance(running.platform, "ai-lab", "echo");
  const forward = await running.platform.portForwards.create({ ...target, internalPort: 7007 });
  await tcpExchange(forward.socketAddress, "0123456789", 10);
  const database = openDatabase(join(running.settings.dataDir, "platform.db"));
  await eventually(
    () => database.first("SELECT bytesIn FROM traffic WHERE forwardId = ?", forward.id)?.bytesIn === 10,
    12_000,
  );
  database.close();
});

test("large counts are kept exactly, and those of a forward that is gone are left out", () => {
  const database = openDatabase(join(freshFolder(), "platform.db"));
  migrate(database);
  database.script(`
    INSERT INTO projects (id, name, description, labels, privateCidr, revision, createdAt)
      VALUES ('p', 'p', '', '{}', 'net', 1, '');
    INSERT INTO portForwards (id, projectId, protocol, internalPort, externalPort, externalIp, description, labels,
      allowedCidrs, revision, createdAt) VALUES ('f', 'p', 'tcp', 1, 1, 'x', '', '{}', '[]', 1, '');
  `);
  const large: Traffic = {
    totalConnections: 2 ** 31 + 1,
    refusedConnections: 7,
    bytesIn: Number.MAX_SAFE_INTEGER,
    bytesOut: 2 ** 40 + 3,
    lastUsedAt: Date.parse("2026-01-31T12:00:00.123Z"),
  };
  writeTraffic(database, [
    ["f", noTraffic],
    ["gone", large],
  ]);
  expect(readTraffic(database)).toEqual(new Map([["f", noTraffic]]));
  writeTraffic(database, [["f", large]]);
  expect(readTraffic(database)).toEqual(new Map([["f", large]]));
  expect(addTraffic(noTraffic, large)).toEqual(large);
  database.close();
});
