import type { Instance, PortForward, Project } from "../contract";
import type { Database } from "./database";
import { IdempotencyKeys } from "./idempotency";
import { column, Table } from "./table";

/** What is stored of each entity; the rest of its fields follows from the platform's settings and from what runs. */
export type ProjectRow = Omit<Project, "externalIps">;
export type InstanceRow = Omit<Instance, "status"> & { readonly userData: string | null };
export type PortForwardRow = Omit<PortForward, "internalIp" | "socketAddress" | "status" | "statistics">;

/** The database, table by table. */
export interface Store {
  readonly database: Database;
  readonly projects: Table<ProjectRow>;
  readonly instances: Table<InstanceRow>;
  readonly portForwards: Table<PortForwardRow>;
  readonly idempotencyKeys: IdempotencyKeys;
}

const { text, nullableText, integer, nullableInteger, flag, word, json } = column;
const common = {
  id: text,
  description: text,
  labels: json<Record<string, string>>(),
  ownershipId: nullableText,
  revision: integer,
  createdAt: text,
};

/** The tables of a migrated database. */
export function openStore(database: Database): Store {
  return {
    database,
    projects: new Table<ProjectRow>(database, "projects", {
      ...common,
      name: text,
      instanceQuota: nullableInteger,
      portForwardQuota: nullableInteger,
      privateCidr: text,
    }),
    instances: new Table<InstanceRow>(database, "instances", {
      ...common,
      projectId: text,
      name: text,
      image: text,
      flavor: text,
      sshKeys: json<string[]>(),
      userData: nullableText,
      deletionProtection: flag,
      privateIp: text,
    }),
    portForwards: new Table<PortForwardRow>(database, "portForwards", {
      ...common,
      projectId: text,
      instanceId: nullableText,
      protocol: word<PortForward["protocol"]>(),
      internalPort: integer,
      portCount: integer,
      externalPort: integer,
      externalIp: text,
      allowedCidrs: json<string[]>(),
      proxyProtocol: flag,
      expiresAt: nullableText,
      enabled: flag,
      deletionProtection: flag,
    }),
    idempotencyKeys: new IdempotencyKeys(database),
  };
}
