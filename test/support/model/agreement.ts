import { deepStrictEqual as same } from "node:assert";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Instance, listAll, type Platform, type PortForward } from "../../../lib/contract";
import { openToRead } from "../../../lib/embedded/database";
import { listeners } from "../listeners";
import { processesAbout } from "../processes";
import { httpBody } from "../traffic";
import { type Stored, stored, type Tenant } from "./tenant";

/** A platform that is looked into from the outside. */
export interface Inspected {
  readonly api: Platform;
  readonly dataDir: string;
  readonly externalIp: string;
}

/** What there is on a platform. */
export interface Everything {
  readonly entities: ReadonlyMap<string, Stored>;
  readonly instances: readonly Instance[];
  readonly forwards: readonly PortForward[];
}

/** Reads all that there is. */
export async function everything(api: Platform): Promise<Everything> {
  const [projects, instances, forwards] = [
    await listAll(api.projects),
    await listAll(api.instances),
    await listAll(api.portForwards),
  ];
  const entities = new Map(
    [...projects, ...instances, ...forwards].map((entity) => [entity.id, stored(entity)]),
  );
  return { entities, instances, forwards };
}

/**
 * Compares what tenants know with what the platform says, with its rows, with its processes, and with what the
 * kernel listens at; and asks through every forward that leads to something that answers.
 * @throws Error at the first disagreement
 */
export async function guardAgreement(platform: Inspected, tenants: readonly Tenant[]): Promise<void> {
  const { entities, instances, forwards } = await everything(platform.api);
  const changed = tenants.flatMap(({ owned, history }) =>
    [...owned]
      .filter(([id, row]) => !isDeepStrictEqual(entities.get(id), row))
      .map(([id, row]) => ({ id, left: row, found: entities.get(id), history })),
  );
  same(changed, [], `not as it was left: ${JSON.stringify(changed, null, 1)}`);
  const known = new Set(tenants.flatMap(({ owned }) => [...owned.keys()]));
  same(
    [...entities.keys()].filter((id) => !known.has(id)),
    [],
  );
  const wrong = forwards.filter((forward) => forward.status !== expectedStatus(forward));
  same(
    wrong.map(({ id, status }) => `${id} is ${status}`),
    [],
  );
  same(
    instances.filter(({ status }) => status !== "active").map(({ id, status }) => `${id} is ${status}`),
    [],
  );
  guardRows(platform.dataDir, forwards);
  const active = forwards.filter(({ status }) => status === "active");
  same(listeners(platform.externalIp).sort(), active.flatMap(socketsOf).sort());
  guardProcesses(platform.dataDir, instances);
  const names = new Map(instances.map(({ id, name, image }) => [id, { name, image }]));
  for (const { socketAddress, instanceId, protocol, internalPort } of active) {
    const target = names.get(instanceId!)!;
    if (protocol !== "tcp" || target.image !== "http-hello" || ![8080, 8081].includes(internalPort)) continue;
    same(
      (await httpBody(socketAddress)).includes(`:${internalPort}`),
      true,
      `${socketAddress} does not carry`,
    );
  }
}

function expectedStatus({ instanceId, enabled }: PortForward): PortForward["status"] {
  if (instanceId === null) return "detached";
  return enabled ? "active" : "disabled";
}

const socketsOf = ({ externalIp, externalPort, portCount, protocol }: PortForward): string[] =>
  Array.from({ length: portCount }, (_, i) => `${externalIp}:${externalPort + i}/${protocol}`);

/** Each row is whole: the database is, no row points at nothing, and each forward has just its ports. */
function guardRows(dataDir: string, forwards: readonly PortForward[]): void {
  const database = openToRead(join(dataDir, "platform.db"));
  try {
    same(database.first("PRAGMA quick_check")?.quick_check, "ok");
    same(database.all("PRAGMA foreign_key_check"), []);
    const held = database.all(
      "SELECT externalIp || ':' || port || '/' || protocol AS socket FROM externalPorts",
    );
    same(held.map(({ socket }) => socket).sort(), forwards.flatMap(socketsOf).sort());
    const keys = database.all("SELECT key FROM idempotencyKeys GROUP BY entityId HAVING COUNT(*) > 1");
    same(keys, []);
  } finally {
    database.close();
  }
}

/** Each instance has its process, and none that is gone has one. */
function guardProcesses(dataDir: string, instances: readonly Instance[]): void {
  const folders = join(dataDir, "instances/");
  const running = new Set(
    processesAbout(folders)
      .map(({ environment }) => environment.split(folders)[1]?.split("\0")[0]?.split("/")[0])
      .filter((id) => id !== undefined),
  );
  same([...running].sort(), instances.map(({ id }) => id).sort());
}
