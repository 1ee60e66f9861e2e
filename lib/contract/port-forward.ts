import * as z from "zod";
import { collection } from "./collection";
import {
  Cidrs,
  Deadline,
  Description,
  Flag,
  Id,
  IdempotencyKey,
  IpAddress,
  LabelSelector,
  Labels,
  OwnershipId,
  Port,
  PortCount,
  Protocol,
  Revision,
  Timestamp,
} from "./fields";

/** What a forward has carried. Of UDP, a connection is a flow: what one client address and port sends and gets. */
export const Statistics = z.object({
  openConnections: z.int().min(0).describe("Connections that are open now."),
  totalConnections: z.int().min(0).describe("Connections that were let in, ever."),
  refusedConnections: z
    .int()
    .min(0)
    .describe(
      "Connections that were refused, ever: their source is not allowed, there were too many, or the instance did not answer.",
    ),
  bytesIn: z.int().min(0).describe("Bytes from clients to the instance, ever."),
  bytesOut: z.int().min(0).describe("Bytes from the instance to clients, ever."),
  lastUsedAt: Timestamp.nullable().describe(
    "When a connection was last let in or carried bytes, to a few seconds; null: never.",
  ),
});
export type Statistics = z.output<typeof Statistics>;

/** External address and port -> an instance's internal port. */
export const PortForward = z.object({
  id: Id.describe("Identifier, made by the platform."),
  projectId: Id.describe("Project that owns the forward."),
  instanceId: Id.nullable().describe(
    "Instance that receives the traffic, of the same project; null when the forward is detached because its instance is gone.",
  ),
  protocol: Protocol.describe("Transport protocol: tcp or udp."),
  internalPort: Port.describe("Port on the instance, 1 to 65535."),
  portCount: PortCount.describe(
    "How many consecutive ports are forwarded, from internalPort and externalPort on; 1 to 1,000.",
  ),
  externalPort: Port.describe(
    "Port on the external address, in the platform's range; assigned by the platform when omitted. It survives every change in place.",
  ),
  externalIp: IpAddress.describe(
    "Public address that clients connect to, one of the project's; chosen by the platform when omitted.",
  ),
  internalIp: z
    .string()
    .nullable()
    .describe("Private address of the instance; null when the forward is detached."),
  description: Description.describe("Free text for people, such as: ssh service."),
  labels: Labels.describe("Labels to select by."),
  allowedCidrs: Cidrs.describe("Sources that may connect, as IPv4 or IPv6 CIDRs; empty means everyone."),
  proxyProtocol: Flag.describe(
    "Whether each connection to the instance begins with a PROXY protocol v2 header that names the client's address, which the service there has to expect; tcp only.",
  ),
  expiresAt: Deadline.nullable().describe(
    "When the forward closes: an absolute time, such as 2026-12-31T18:00:00Z. New connections are refused from then on, open ones are cut, and another time opens it again. Null: never.",
  ),
  enabled: Flag.describe("Whether the forward carries anything; false keeps its port and closes it."),
  deletionProtection: Flag.describe(
    "Whether the platform refuses to delete the forward until this is false.",
  ),
  socketAddress: z.string().describe("What clients connect to, as ip:port; of a range, its first port."),
  status: z
    .enum(["active", "detached", "blocked", "expired", "disabled", "error"])
    .describe(
      "active carries traffic, detached has lost its instance, blocked was closed by an administrator, expired is past its time, disabled is not enabled, error could not be opened.",
    ),
  statusReason: z
    .string()
    .nullable()
    .describe(
      "Why the forward is blocked or in error: what the administrator said, or what failed and when it is tried again. Null otherwise.",
    ),
  statistics: Statistics.nullable().describe(
    "What the forward has carried; null where the platform does not count.",
  ),
  ownershipId: OwnershipId.nullable().describe("Mark of the stack that made it; null when it has none."),
  revision: Revision.describe("Number of the last change."),
  createdAt: Timestamp.describe("When the forward was made, in UTC."),
});
export type PortForward = z.output<typeof PortForward>;

const changeable = {
  instanceId: Id,
  protocol: PortForward.shape.protocol,
  internalPort: PortForward.shape.internalPort,
  portCount: PortForward.shape.portCount,
  externalPort: PortForward.shape.externalPort,
  externalIp: PortForward.shape.externalIp,
  description: PortForward.shape.description,
  labels: PortForward.shape.labels,
  allowedCidrs: PortForward.shape.allowedCidrs,
  proxyProtocol: PortForward.shape.proxyProtocol,
  expiresAt: PortForward.shape.expiresAt,
  enabled: PortForward.shape.enabled,
  deletionProtection: PortForward.shape.deletionProtection,
};

export const portForwards = collection({
  path: "port-forwards",
  noun: "port forward",
  entity: PortForward,
  create: z.strictObject({
    projectId: PortForward.shape.projectId,
    ...changeable,
    portCount: changeable.portCount.default(1),
    externalPort: changeable.externalPort.optional(),
    externalIp: changeable.externalIp.optional(),
    description: changeable.description.default(""),
    labels: changeable.labels.default({}),
    allowedCidrs: changeable.allowedCidrs.default([]),
    proxyProtocol: changeable.proxyProtocol.default(false),
    expiresAt: changeable.expiresAt.default(null),
    enabled: changeable.enabled.default(true),
    deletionProtection: changeable.deletionProtection.default(false),
    ownershipId: PortForward.shape.ownershipId.default(null),
  }),
  patch: z.strictObject(changeable).partial(),
  filter: z
    .strictObject({
      projectId: Id,
      instanceId: Id,
      protocol: Protocol,
      externalIp: IpAddress,
      // Query strings carry text. A forward is found by each port that it covers.
      externalPort: z.coerce.number().pipe(Port),
      labels: LabelSelector,
      ownershipId: OwnershipId,
      idempotencyKey: IdempotencyKey,
    })
    .partial(),
  needs: {
    portCount: "portRanges",
    externalIp: "externalIpChoice",
    allowedCidrs: "sources",
    proxyProtocol: "proxyProtocol",
    expiresAt: "expiry",
    enabled: "disabling",
    deletionProtection: "deletionProtection",
  },
});
