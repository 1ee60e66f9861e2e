import * as z from "zod";
import { collection } from "./collection";
import {
  Description,
  Id,
  IdempotencyKey,
  LabelSelector,
  Labels,
  Name,
  OwnershipId,
  Quota,
  Revision,
  Timestamp,
} from "./fields";

/** Owner of instances and forwards; a forward may only target an instance of its own project. */
export const Project = z.object({
  id: Id.describe("Identifier, made by the platform."),
  name: Name.describe("Name, unique on the platform."),
  description: Description.describe("Free text for people."),
  labels: Labels.describe("Labels to select by."),
  instanceQuota: Quota.nullable().describe("Most instances that the project may have; null: no limit."),
  portForwardQuota: Quota.nullable().describe(
    "Most port forwards that the project may have, a range counted once; null: no limit.",
  ),
  externalIps: z
    .array(z.string())
    .describe(
      "Public addresses that forwards of the project can have; the first is the one they have by default.",
    ),
  privateCidr: z
    .string()
    .describe("Network that the private addresses of the project's instances are taken from."),
  ownershipId: OwnershipId.nullable().describe("Mark of the stack that made it; null when it has none."),
  revision: Revision.describe("Number of the last change."),
  createdAt: Timestamp.describe("When the project was made, in UTC."),
});
export type Project = z.output<typeof Project>;

const changeable = {
  name: Project.shape.name,
  description: Project.shape.description,
  labels: Project.shape.labels,
  instanceQuota: Project.shape.instanceQuota,
  portForwardQuota: Project.shape.portForwardQuota,
};

export const projects = collection({
  path: "projects",
  noun: "project",
  entity: Project,
  create: z.strictObject({
    ...changeable,
    description: changeable.description.default(""),
    labels: changeable.labels.default({}),
    instanceQuota: changeable.instanceQuota.default(null),
    portForwardQuota: changeable.portForwardQuota.default(null),
    ownershipId: Project.shape.ownershipId.default(null),
  }),
  patch: z.strictObject(changeable).partial(),
  filter: z
    .strictObject({
      name: Name,
      labels: LabelSelector,
      ownershipId: OwnershipId,
      idempotencyKey: IdempotencyKey,
    })
    .partial(),
  management: "projectManagement",
  needs: { instanceQuota: "quotas", portForwardQuota: "quotas" },
});
