import * as z from "zod";
import { collection } from "./collection";
import {
  CatalogueName,
  Description,
  Flag,
  Id,
  IdempotencyKey,
  LabelSelector,
  Labels,
  Name,
  OwnershipId,
  Revision,
  SshKeys,
  Timestamp,
  UserData,
} from "./fields";

/** A virtual machine with a private address. */
export const Instance = z.object({
  id: Id.describe("Identifier, made by the platform."),
  projectId: Id.describe("Project that owns the instance."),
  name: Name.describe("Name; not unique, so that a replacement can be made before the old instance goes."),
  description: Description.describe("Free text for people."),
  labels: Labels.describe("Labels to select by."),
  image: CatalogueName.describe("Image that the instance runs; another image means another instance."),
  flavor: CatalogueName.describe("Size of the instance."),
  sshKeys: SshKeys.describe("Public keys that may log in, each a line as in authorized_keys."),
  deletionProtection: Flag.describe(
    "Whether the platform refuses to delete the instance until this is false.",
  ),
  privateIp: z.string().describe("Private address of the instance."),
  status: z.enum(["building", "active", "stopped", "error"]).describe("How the instance is doing."),
  ownershipId: OwnershipId.nullable().describe("Mark of the stack that made it; null when it has none."),
  revision: Revision.describe("Number of the last change."),
  createdAt: Timestamp.describe("When the instance was made, in UTC."),
});
export type Instance = z.output<typeof Instance>;

const changeable = {
  name: Instance.shape.name,
  description: Instance.shape.description,
  labels: Instance.shape.labels,
  flavor: Instance.shape.flavor,
  sshKeys: Instance.shape.sshKeys,
  deletionProtection: Instance.shape.deletionProtection,
};

export const instances = collection({
  path: "instances",
  noun: "instance",
  entity: Instance,
  create: z.strictObject({
    projectId: Instance.shape.projectId,
    image: Instance.shape.image,
    ...changeable,
    description: changeable.description.default(""),
    labels: changeable.labels.default({}),
    sshKeys: changeable.sshKeys.default([]),
    deletionProtection: changeable.deletionProtection.default(false),
    userData: UserData.optional().meta({
      secret: true,
      description:
        "What the instance is told at its first start; never shown again. Another one means another instance.",
    }),
    ownershipId: Instance.shape.ownershipId.default(null),
  }),
  patch: z.strictObject(changeable).partial(),
  filter: z
    .strictObject({
      projectId: Id,
      name: Name,
      labels: LabelSelector,
      ownershipId: OwnershipId,
      idempotencyKey: IdempotencyKey,
    })
    .partial(),
  management: "instanceManagement",
  needs: { sshKeys: "sshKeys", deletionProtection: "deletionProtection", userData: "userData" },
});
