import { forwardKey, type Instance, type PortForward, type Project } from "../contract";
import { AuditLog } from "./audit-log";
import { AuditedTable } from "./audited-table";
import { Blocks } from "./block";
import type { Database } from "./database";
import { IdempotencyKeys } from "./idempotency";
import { LastAssigned } from "./last-assigned";
import { column } from "./table";

/** What is stored of each entity; the rest of its fields follows from the platform's settings and from what runs. */
export type ProjectRow = Omit<Project, "externalIps">;
export type InstanceRow = Omit<Instance, "status"> & { readonly userData: string | null };
export type PortForwardRow = Omit<
  PortForward,
  "internalIp" | "socketAddress" | "status" | "statusReason" | "statistics"
>;

/** The database, table by table. */
export interface Store {
  readonly database: Database;
  readonly projects: AuditedTable<ProjectRow>;
  readonly instances: AuditedTable<InstanceRow>;
  readonly portForwards: AuditedTable<PortForwardRow>;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly lastAssigned: LastAssigned;
  readonly blocks: Blocks;
  readonly audit: AuditLog;
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
  const audit = new AuditLog(database, (id) => store.projects.get(id)?.name);
  const hidden = ["id", "projectId", "revision", "createdAt"] as const;
  const store: Store = {
    database,
    audit,
    lastAssigned: new LastAssigned(database),
    blocks: new Blocks(database),
    projects: new AuditedTable<ProjectRow>(
      database,
      "projects",
      {
        ...common,
        name: text,
        instanceQuota: nullableInteger,
        portForwardQuota: nullableInteger,
        privateCidr: text,
      },
      audit,
      {
        noun: "project",
        nameOf: ({ name }) => name,
        projectOf: ({ id }) => id,
        hidden: ["id", "revision", "createdAt"],
        secret: [],
      },
    ),
    instances: new AuditedTable<InstanceRow>(
      database,
      "instances",
      {
        ...common,
        projectId: text,
        name: text,
        image: text,
        flavor: text,
        sshKeys: json<string[]>(),
        userData: nullableText,
        deletionProtection: flag,
        privateIp: text,
      },
      audit,
      {
        noun: "instance",
        nameOf: ({ name }) => name,
        projectOf: ({ projectId }) => projectId,
        hidden,
        secret: ["userData"],
      },
    ),
    portForwards: new AuditedTable<PortForwardRow>(
      database,
      "portForwards",
      {
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
      },
      audit,
      {
        noun: "port forward",
        nameOf: forwardKey,
        projectOf: ({ projectId }) => projectId,
        portsOf: ({ externalIp, protocol, externalPort, portCount }) => ({
          externalIp,
          protocol,
          span: { first: externalPort, count: portCount },
        }),
        hidden,
        secret: [],
      },
    ),
    idempotencyKeys: new IdempotencyKeys(database),
  };
  return store;
}
