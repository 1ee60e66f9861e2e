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
];

/**
 * Brings the database to the version that this program knows.
 * @throws Error when a newer program has written it.
 */
export function migrate(database: Database): void {
  const version = Number(database.first("PRAGMA user_version")?.user_version ?? 0);
  if (version > migrations.length) {
    throw new Error(
      `the data folder was written by a newer version of fairlead (its format is ${version}, this one knows ${migrations.length}); install that version or start with another --data folder`,
    );
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue;
    database.transaction(() => database.script(`${sql}; PRAGMA user_version = ${index + 1}`));
  }
}
