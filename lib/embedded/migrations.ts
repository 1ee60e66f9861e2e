import type { Database } from "./database";

/** Each entry brings the database from the version that is its index to the next; entries are never edited. */
const migrations = [
  `
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
  `,
  // A forward covers several ports, each of which has one holder: a row per port, kept by the database itself, so
  // that no change of a forward can leave them behind. SQLite has no series of numbers, hence a table of them; its
  // size is the most that a forward may cover.
  `
  ALTER TABLE projects ADD COLUMN instanceQuota INTEGER;
  ALTER TABLE projects ADD COLUMN portForwardQuota INTEGER;
  ALTER TABLE projects ADD COLUMN ownershipId TEXT;
  ALTER TABLE instances ADD COLUMN sshKeys TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE instances ADD COLUMN userData TEXT;
  ALTER TABLE instances ADD COLUMN deletionProtection INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE instances ADD COLUMN ownershipId TEXT;
  ALTER TABLE portForwards ADD COLUMN portCount INTEGER NOT NULL DEFAULT 1 CHECK (portCount BETWEEN 1 AND 1000);
  ALTER TABLE portForwards ADD COLUMN expiresAt TEXT;
  ALTER TABLE portForwards ADD COLUMN enabled INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE portForwards ADD COLUMN deletionProtection INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE portForwards ADD COLUMN ownershipId TEXT;
  CREATE INDEX portForwardsByExternalPort ON portForwards(externalPort);

  CREATE TABLE portOffsets (n INTEGER PRIMARY KEY) STRICT;
  WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < 999)
  INSERT INTO portOffsets SELECT n FROM series;

  CREATE TABLE externalPorts (
    externalIp TEXT NOT NULL, protocol TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    forwardId TEXT NOT NULL REFERENCES portForwards(id) ON DELETE CASCADE,
    PRIMARY KEY (externalIp, protocol, port)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX externalPortsOfForward ON externalPorts(forwardId);
  CREATE TABLE internalPorts (
    instanceId TEXT NOT NULL, protocol TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    forwardId TEXT NOT NULL REFERENCES portForwards(id) ON DELETE CASCADE,
    PRIMARY KEY (instanceId, protocol, port)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX internalPortsOfForward ON internalPorts(forwardId);
  INSERT INTO externalPorts SELECT externalIp, protocol, externalPort, id FROM portForwards;
  INSERT INTO internalPorts
    SELECT instanceId, protocol, internalPort, id FROM portForwards WHERE instanceId IS NOT NULL;

  CREATE TRIGGER portForwardMade AFTER INSERT ON portForwards BEGIN
    INSERT INTO externalPorts SELECT NEW.externalIp, NEW.protocol, NEW.externalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount;
    INSERT INTO internalPorts SELECT NEW.instanceId, NEW.protocol, NEW.internalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount AND NEW.instanceId IS NOT NULL;
  END;
  CREATE TRIGGER portForwardMovedOutside
  AFTER UPDATE OF externalIp, protocol, externalPort, portCount ON portForwards BEGIN
    DELETE FROM externalPorts WHERE forwardId = NEW.id;
    INSERT INTO externalPorts SELECT NEW.externalIp, NEW.protocol, NEW.externalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount;
  END;
  CREATE TRIGGER portForwardMovedInside
  AFTER UPDATE OF instanceId, protocol, internalPort, portCount ON portForwards BEGIN
    DELETE FROM internalPorts WHERE forwardId = NEW.id;
    INSERT INTO internalPorts SELECT NEW.instanceId, NEW.protocol, NEW.internalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount AND NEW.instanceId IS NOT NULL;
  END;

  CREATE TABLE traffic (
    forwardId TEXT PRIMARY KEY REFERENCES portForwards(id) ON DELETE CASCADE,
    totalConnections INTEGER NOT NULL, refusedConnections INTEGER NOT NULL,
    bytesIn INTEGER NOT NULL, bytesOut INTEGER NOT NULL, lastUsedAt INTEGER
  ) STRICT;
  `,
  // A key is its project's own: nobody learns of another project's keys by trying one. What a key has made knows its
  // project, unless it is gone or a project itself.
  `
  CREATE TABLE keysOfProjects (
    scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, entityId TEXT NOT NULL, createdAt TEXT NOT NULL,
    PRIMARY KEY (scope, key)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO keysOfProjects SELECT
    COALESCE(
      (SELECT projectId FROM instances WHERE id = entityId),
      (SELECT projectId FROM portForwards WHERE id = entityId),
      ''
    ), key, request, entityId, createdAt FROM idempotencyKeys;
  DROP TABLE idempotencyKeys;
  ALTER TABLE keysOfProjects RENAME TO idempotencyKeys;
  CREATE INDEX idempotencyKeysByAge ON idempotencyKeys(createdAt);
  CREATE INDEX idempotencyKeysByKey ON idempotencyKeys(key);
  CREATE INDEX idempotencyKeysOfEntity ON idempotencyKeys(entityId);
  `,
  "ALTER TABLE portForwards ADD COLUMN proxyProtocol INTEGER NOT NULL DEFAULT 0",
  // What tokens and blocks belong to may go; the audit log outlives everything, so it refers to nothing.
  `
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, projectId TEXT REFERENCES projects(id) ON DELETE CASCADE,
    role TEXT NOT NULL, hash TEXT NOT NULL, createdAt TEXT NOT NULL, expiresAt TEXT, lastUsedAt TEXT
  ) STRICT;
  CREATE INDEX tokensOfProject ON tokens(projectId, id);
  CREATE TABLE blocks (
    forwardId TEXT PRIMARY KEY, projectId TEXT NOT NULL REFERENCES projects(id) ON DELETE CASCADE, instanceId TEXT,
    protocol TEXT NOT NULL, internalPort INTEGER NOT NULL, portCount INTEGER NOT NULL,
    reason TEXT NOT NULL, at TEXT NOT NULL, callerName TEXT NOT NULL
  ) STRICT;
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL, noun TEXT NOT NULL,
    entityId TEXT NOT NULL, entityName TEXT NOT NULL, projectId TEXT, projectName TEXT, revision INTEGER,
    changes TEXT NOT NULL, callerId TEXT NOT NULL, callerName TEXT NOT NULL, address TEXT, requestId TEXT, note TEXT
  ) STRICT;
  CREATE INDEX auditOfProject ON audit(projectId, id);
  CREATE INDEX auditOfEntity ON audit(entityId, id);
  CREATE INDEX auditByTime ON audit(at);
  CREATE TABLE auditPorts (
    entryId INTEGER NOT NULL REFERENCES audit(id) ON DELETE CASCADE,
    externalIp TEXT NOT NULL, protocol TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (entryId, externalIp, protocol, first, last)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX auditPortsByPort ON auditPorts(first, last, entryId);
  `,
  // Only triggers write the ports of a forward, and they find them by where the forward is: an index by forward, and a
  // look at each port for whether its forward is there, took time of every create. Who has a port is asked of these
  // tables, so the forwards themselves need no index by it.
  `
  DROP INDEX portForwardsByExternalPort;
  DROP TRIGGER portForwardMade;
  DROP TRIGGER portForwardMovedOutside;
  DROP TRIGGER portForwardMovedInside;
  CREATE TABLE portsOutside (
    externalIp TEXT NOT NULL, protocol TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    forwardId TEXT NOT NULL,
    PRIMARY KEY (externalIp, protocol, port)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO portsOutside SELECT externalIp, protocol, port, forwardId FROM externalPorts;
  DROP TABLE externalPorts;
  ALTER TABLE portsOutside RENAME TO externalPorts;
  CREATE TABLE portsInside (
    instanceId TEXT NOT NULL, protocol TEXT NOT NULL, port INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    forwardId TEXT NOT NULL,
    PRIMARY KEY (instanceId, protocol, port)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO portsInside SELECT instanceId, protocol, port, forwardId FROM internalPorts;
  DROP TABLE internalPorts;
  ALTER TABLE portsInside RENAME TO internalPorts;

  CREATE TRIGGER portForwardMade AFTER INSERT ON portForwards BEGIN
    INSERT INTO externalPorts SELECT NEW.externalIp, NEW.protocol, NEW.externalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount;
    INSERT INTO internalPorts SELECT NEW.instanceId, NEW.protocol, NEW.internalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount AND NEW.instanceId IS NOT NULL;
  END;
  CREATE TRIGGER portForwardMovedOutside
  AFTER UPDATE OF externalIp, protocol, externalPort, portCount ON portForwards BEGIN
    DELETE FROM externalPorts WHERE externalIp = OLD.externalIp AND protocol = OLD.protocol
      AND port >= OLD.externalPort AND port < OLD.externalPort + OLD.portCount;
    INSERT INTO externalPorts SELECT NEW.externalIp, NEW.protocol, NEW.externalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount;
  END;
  CREATE TRIGGER portForwardMovedInside
  AFTER UPDATE OF instanceId, protocol, internalPort, portCount ON portForwards BEGIN
    DELETE FROM internalPorts WHERE instanceId = OLD.instanceId AND protocol = OLD.protocol
      AND port >= OLD.internalPort AND port < OLD.internalPort + OLD.portCount;
    INSERT INTO internalPorts SELECT NEW.instanceId, NEW.protocol, NEW.internalPort + n, NEW.id
      FROM portOffsets WHERE n < NEW.portCount AND NEW.instanceId IS NOT NULL;
  END;
  CREATE TRIGGER portForwardGone AFTER DELETE ON portForwards BEGIN
    DELETE FROM externalPorts WHERE externalIp = OLD.externalIp AND protocol = OLD.protocol
      AND port >= OLD.externalPort AND port < OLD.externalPort + OLD.portCount;
    DELETE FROM internalPorts WHERE instanceId = OLD.instanceId AND protocol = OLD.protocol
      AND port >= OLD.internalPort AND port < OLD.internalPort + OLD.portCount;
  END;
  `,
];

/** The format that this program writes, and the newest that it reads. */
export const latestFormat = migrations.length;

/** Brings a database, which is of no newer format, to the format that this program knows. */
export function migrate(database: Database): void {
  const version = Number(database.first("PRAGMA user_version")?.user_version ?? 0);
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    database.transaction(() => database.script(`${sql}; PRAGMA user_version = ${index + 1}`));
  }
}
