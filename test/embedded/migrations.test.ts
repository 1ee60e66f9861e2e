import { join } from "node:path";
import { listAll } from "../../lib/contract";
import { startEmbeddedPlatform } from "../../lib/embedded";
import { type Database, openDatabase } from "../../lib/embedded/database";
import { migrate } from "../../lib/embedded/migrations";
import { rejection } from "../../lib/testing/conformance/rejection";
import { freshAddress, temporaryFolder } from "../support/embedded";
import { httpBody } from "../support/traffic";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** The tables as the first format had them. */
const firstFormat = `
  CREATE TABLE projects (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL, labels TEXT NOT NULL,
    privateCidr TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE TABLE instances (
    id TEXT PRIMARY KEY, projectId TEXT NOT NULL REFERENCES projects(id), name TEXT NOT NULL,
    description TEXT NOT NULL, labels TEXT NOT NULL, image TEXT NOT NULL, flavor TEXT NOT NULL,
    privateIp TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX instancesOfProject ON instances(projectId, id);
  CREATE TABLE portForwards (
    id TEXT PRIMARY KEY, projectId TEXT NOT NULL REFERENCES projects(id),
    instanceId TEXT REFERENCES instances(id), protocol TEXT NOT NULL, internalPort INTEGER NOT NULL,
    externalPort INTEGER NOT NULL, externalIp TEXT NOT NULL, description TEXT NOT NULL, labels TEXT NOT NULL,
    allowedCidrs TEXT NOT NULL, revision INTEGER NOT NULL, createdAt TEXT NOT NULL,
    UNIQUE (externalIp, protocol, externalPort),
    UNIQUE (instanceId, protocol, internalPort)
  ) STRICT;
  CREATE INDEX portForwardsOfProject ON portForwards(projectId, id);
  CREATE TABLE lastAssigned (resource TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE idempotencyKeys (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, entityId TEXT NOT NULL, createdAt TEXT NOT NULL
  ) STRICT;
  CREATE INDEX idempotencyKeysByAge ON idempotencyKeys(createdAt);
  PRAGMA user_version = 1;
`;

const made = "2026-01-31T12:00:00.000Z";
const labels = `{"tier":"web"}`;

function writeRows(database: Database, externalIp: string): void {
  database.run(
    "INSERT INTO projects VALUES ('prj-1', 'ai-lab', 'for AI', ?, '127.99.7.0/24', 3, ?)",
    labels,
    made,
  );
  database.run(
    "INSERT INTO instances VALUES ('ins-1', 'prj-1', 'web', '', ?, 'http-hello', 'small', '127.99.7.2', 1, ?)",
    labels,
    made,
  );
  const forward = "INSERT INTO portForwards VALUES (?, 'prj-1', ?, ?, ?, ?, ?, 'page', ?, ?, 2, ?)";
  const cidrs = `["127.0.0.0/8"]`;
  database.run(forward, "fwd-1", "ins-1", "tcp", 8080, 20128, externalIp, labels, cidrs, made);
  database.run(forward, "fwd-2", "ins-1", "udp", 8080, 20128, externalIp, labels, "[]", made);
  database.run(forward, "fwd-3", null, "tcp", 2222, 20129, externalIp, "{}", "[]", made);
  database.run("INSERT INTO lastAssigned VALUES (?, 20129)", `tcp port of ${externalIp}`);
  for (const id of ["prj-1", "ins-1", "fwd-1", "fwd-gone"]) {
    // A key of half a year ago would have been dropped by now.
    database.run(
      "INSERT INTO idempotencyKeys VALUES (?, 'digest', ?, ?)",
      ...[`key of ${id}`, id, new Date().toISOString()],
    );
  }
}

test("a database of the first format is brought to this one: everything is there, and every rule holds", async () => {
  const externalIp = freshAddress();
  const database = openDatabase(join(folder.path, "platform.db"));
  database.script(firstFormat);
  writeRows(database, externalIp);
  database.close();

  const running = await startEmbeddedPlatform({
    version: "0.0.0",
    dataDir: folder.path,
    externalIps: [externalIp],
  });
  const { projects, instances, portForwards } = running.platform;
  expect(await projects.get("prj-1")).toEqual({
    id: "prj-1",
    name: "ai-lab",
    description: "for AI",
    labels: { tier: "web" },
    instanceQuota: null,
    portForwardQuota: null,
    externalIps: [externalIp],
    privateCidr: "127.99.7.0/24",
    ownershipId: null,
    revision: 3,
    createdAt: made,
  });
  expect(await instances.get("ins-1")).toMatchObject({
    labels: { tier: "web" },
    sshKeys: [],
    deletionProtection: false,
    ownershipId: null,
    status: "active",
    revision: 1,
  });
  const [web, udp, detached] = await listAll(portForwards);
  expect(web).toMatchObject({
    id: "fwd-1",
    internalPort: 8080,
    externalPort: 20128,
    portCount: 1,
    allowedCidrs: ["127.0.0.0/8"],
    proxyProtocol: false,
    expiresAt: null,
    enabled: true,
    deletionProtection: false,
    ownershipId: null,
    status: "active",
    revision: 2,
    createdAt: made,
  });
  expect(udp).toMatchObject({ id: "fwd-2", protocol: "udp", externalPort: 20128 });
  expect(detached).toMatchObject({ id: "fwd-3", instanceId: null, status: "detached", externalPort: 20129 });
  expect(await httpBody(web!.socketAddress)).toContain("web");

  const target = { projectId: "prj-1", instanceId: "ins-1", protocol: "tcp" } as const;
  const wanted = { ...target, internalPort: 9000, externalPort: 20125, portCount: 5 };
  const outside = await rejection(portForwards.create(wanted), "external_port_taken");
  expect(outside.details).toMatchObject({ id: "fwd-1" });
  const inside = await rejection(
    portForwards.create({ ...target, internalPort: 8079, portCount: 2 }),
    "internal_port_taken",
  );
  expect(inside.details).toMatchObject({ id: "fwd-1" });
  // What the platform has assigned last is remembered, too.
  expect(await portForwards.create({ ...target, internalPort: 2222 })).toMatchObject({ externalPort: 20130 });
  await portForwards.delete("fwd-1");
  expect(await portForwards.create({ ...wanted, portCount: 4, internalPort: 8080 })).toMatchObject({
    externalPort: 20125,
  });
  await running.close();
  const after = openDatabase(join(folder.path, "platform.db"));
  expect(after.all("SELECT entityId, scope, key FROM idempotencyKeys ORDER BY entityId")).toMatchObject([
    { entityId: "fwd-1", scope: "prj-1", key: "key of fwd-1" },
    { entityId: "fwd-gone", scope: "", key: "key of fwd-gone" },
    { entityId: "ins-1", scope: "prj-1", key: "key of ins-1" },
    { entityId: "prj-1", scope: "", key: "key of prj-1" },
  ]);
  after.close();
});

test("the database itself holds every port of a range for one forward", () => {
  const database = openDatabase(join(folder.path, "rules.db"));
  migrate(database);
  const values = "'', '{}', '[]', 1, ''";
  database.script(`
    INSERT INTO projects (id, name, description, labels, privateCidr, revision, createdAt)
      VALUES ('p', 'p', '', '{}', 'net', 1, '');
    INSERT INTO instances (id, projectId, name, description, labels, image, flavor, privateIp, revision, createdAt)
      VALUES ('i', 'p', 'i', '', '{}', '', '', 'ip', 1, '');
  `);
  const insert = (id: string, instance: string, internal: number, external: number, count: number) =>
    database.script(`
      INSERT INTO portForwards (id, projectId, instanceId, protocol, internalPort, externalPort, portCount, externalIp,
        description, labels, allowedCidrs, revision, createdAt)
      VALUES ('${id}', 'p', ${instance}, 'tcp', ${internal}, ${external}, ${count}, 'x', ${values})`);
  const ports = (table: string, id: string) =>
    database.all(`SELECT port FROM ${table} WHERE forwardId = ? ORDER BY port`, id).map((row) => row.port);

  insert("a", "'i'", 6000, 20000, 3);
  expect(ports("externalPorts", "a")).toEqual([20000, 20001, 20002]);
  expect(ports("internalPorts", "a")).toEqual([6000, 6001, 6002]);
  expect(() => insert("b", "NULL", 1, 20002, 1)).toThrow(/UNIQUE/);
  expect(() => insert("b", "'i'", 5999, 20100, 2)).toThrow(/UNIQUE/);
  expect(() => insert("b", "NULL", 1, 30000, 1001)).toThrow(/CHECK/);
  expect(() => insert("b", "NULL", 1, 65535, 2)).toThrow(/CHECK/);
  insert("b", "NULL", 6001, 20003, 2);
  expect(ports("internalPorts", "b")).toEqual([]);
  expect(() => database.run("UPDATE portForwards SET portCount = 4 WHERE id = 'a'")).toThrow(/UNIQUE/);
  expect(() => database.run("UPDATE portForwards SET instanceId = 'i' WHERE id = 'b'")).toThrow(/UNIQUE/);
  expect(ports("externalPorts", "a")).toEqual([20000, 20001, 20002]);
  database.run(
    "UPDATE portForwards SET portCount = 1, externalPort = 20050, internalPort = 7000 WHERE id = 'a'",
  );
  expect(ports("externalPorts", "a")).toEqual([20050]);
  expect(ports("internalPorts", "a")).toEqual([7000]);
  database.run("UPDATE portForwards SET instanceId = NULL WHERE id = 'a'");
  expect(ports("internalPorts", "a")).toEqual([]);
  database.run("DELETE FROM portForwards WHERE id = 'a'");
  expect(ports("externalPorts", "a")).toEqual([]);
  expect(ports("externalPorts", "b")).toEqual([20003, 20004]);
  database.run("UPDATE portForwards SET instanceId = 'i' WHERE id = 'b'");
  expect(ports("internalPorts", "b")).toEqual([6001, 6002]);
  database.run("DELETE FROM portForwards WHERE id = 'b'");
  for (const table of ["externalPorts", "internalPorts"])
    expect(database.first(`SELECT * FROM ${table}`)).toBeUndefined();
  expect(database.first("PRAGMA foreign_key_check")).toBeUndefined();
  database.close();
});
