import * as z from "zod";
import { Id, IpAddress, Port, Protocol, Timestamp } from "./fields";

/** One change of one thing: who, when, from where, and what it was before and after. */
export const AuditEntry = z.object({
  id: Id.describe("Identifier; a later entry has a higher one."),
  at: Timestamp.describe("When, in UTC."),
  action: z.enum(["create", "update", "delete", "block", "unblock"]).describe("What was done."),
  noun: z.string().describe("What it was done to: project, instance, port forward, token."),
  entityId: Id.describe("Identifier of what was changed; it may be gone by now."),
  entityName: z
    .string()
    .describe("Its name at that time; of a forward its key, such as 203.0.113.5:20170/tcp."),
  projectId: Id.nullable().describe("Its project; null for what belongs to none."),
  projectName: z.string().nullable().describe("Name of that project at that time."),
  revision: z.int().nullable().describe("The revision that the change has made; null for what has none."),
  changes: z
    .record(z.string(), z.object({ from: z.unknown().optional(), to: z.unknown().optional() }))
    .describe(
      "By field, what it was and what it became; a create has no from, a delete no to. Secrets are not kept.",
    ),
  callerId: Id.describe("Identifier of the token that asked for it."),
  callerName: z.string().describe("Name of that token."),
  address: z.string().nullable().describe("Where the request came from; null: from within the platform."),
  requestId: z.string().nullable().describe("The request, as the platform's log names it."),
  note: z
    .string()
    .nullable()
    .describe("What else there is to say: a block's reason, why a change was taken back."),
});
export type AuditEntry = z.output<typeof AuditEntry>;

/** Which entries of the audit log; without anything all of them, the latest first. */
export const AuditFilter = z
  .strictObject({
    projectId: Id,
    entityId: Id,
    callerId: Id,
    requestId: z.string().min(1).max(255),
    // Moments travel in query strings, so one form of them is enough.
    since: Timestamp,
    until: Timestamp,
    // With a port: the entries of every forward that has or had it.
    externalPort: z.coerce.number().pipe(Port),
    protocol: Protocol,
    externalIp: IpAddress,
  })
  .partial();
export type AuditFilter = z.output<typeof AuditFilter>;
