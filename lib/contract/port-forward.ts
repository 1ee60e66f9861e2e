import * as z from "zod";
import { collection } from "./collection";
import { Cidrs, Description, Id, LabelSelector, Labels, Port, Protocol, Revision, Timestamp } from "./fields";

/** External address and port -> an instance's internal port. */
export const PortForward = z.object({
  id: Id.describe("Identifier, made by the platform."),
  projectId: Id.describe("Project that owns the forward."),
  instanceId: Id.nullable().describe(
    "Instance that receives the traffic, of the same project; null when the forward is detached because its instance is gone.",
  ),
  protocol: Protocol.describe("Transport protocol: tcp or udp."),
  internalPort: Port.describe("Port on the instance, 1 to 65535."),
  externalPort: Port.describe(
    "Port on the external address, in the platform's range; assigned by the platform when omitted. It survives every change in place.",
  ),
  externalIp: z.string().describe("Public address that clients connect to."),
  internalIp: z
    .string()
    .nullable()
    .describe("Private address of the instance; null when the forward is detached."),
  description: Description.describe("Free text for people, such as: ssh service."),
  labels: Labels.describe("Labels to select by."),
  allowedCidrs: Cidrs.describe("Sources that may connect, as IPv4 or IPv6 CIDRs; empty means everyone."),
  socketAddress: z.string().describe("What clients connect to, as ip:port."),
  status: z
    .enum(["active", "detached", "error"])
    .describe("active carries traffic, detached has lost its instance, error could not be opened."),
  revision: Revision.describe("Number of the last change."),
  createdAt: Timestamp.describe("When the forward was made, in UTC."),
});
export type PortForward = z.output<typeof PortForward>;

const changeable = {
  instanceId: Id,
  protocol: PortForward.shape.protocol,
  internalPort: PortForward.shape.internalPort,
  externalPort: PortForward.shape.externalPort,
  description: PortForward.shape.description,
  labels: PortForward.shape.labels,
  allowedCidrs: PortForward.shape.allowedCidrs,
};

export const portForwards = collection({
  path: "port-forwards",
  noun: "port forward",
  entity: PortForward,
  create: z.strictObject({
    projectId: PortForward.shape.projectId,
    ...changeable,
    externalPort: changeable.externalPort.optional(),
    description: changeable.description.default(""),
    labels: changeable.labels.default({}),
    allowedCidrs: changeable.allowedCidrs.default([]),
  }),
  patch: z.strictObject(changeable).partial(),
  filter: z
    .strictObject({
      projectId: Id,
      instanceId: Id,
      protocol: Protocol,
      // Query strings carry text.
      externalPort: z.coerce.number().pipe(Port),
      labels: LabelSelector,
    })
    .partial(),
});
