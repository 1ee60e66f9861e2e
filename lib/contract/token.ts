import * as z from "zod";
import { Role } from "./caller";
import { Deadline, Id, Name, Timestamp } from "./fields";

/** What shows a platform who calls. */
export const AccessToken = z.object({
  id: Id.describe("Identifier, made by the platform; the part of the token that is no secret."),
  name: Name.describe("What people call it, such as: ci of web."),
  projectId: Id.nullable().describe("The one project that it sees; null: all of them."),
  role: Role.describe(
    "viewer reads, editor also changes, admin also manages tokens and reads the audit log; an admin of no single project is the platform's administrator.",
  ),
  createdAt: Timestamp.describe("When it was made, in UTC."),
  expiresAt: Deadline.nullable().describe("When it stops working; null: never."),
  lastUsedAt: Timestamp.nullable().describe("When it was last used, to a minute; null: never."),
});
export type AccessToken = z.output<typeof AccessToken>;

/** What a new token takes. */
export const AccessTokenCreate = z.strictObject({
  name: AccessToken.shape.name,
  projectId: AccessToken.shape.projectId.default(null),
  role: AccessToken.shape.role,
  expiresAt: AccessToken.shape.expiresAt,
});
export type AccessTokenCreate = z.input<typeof AccessTokenCreate>;

/** A new token, with what is shown this once. */
export const IssuedToken = AccessToken.extend({
  token: z
    .string()
    .meta({ secret: true })
    .describe(
      "The token itself, for FAIRLEAD_TOKEN. The platform keeps only its hash and never shows it again.",
    ),
});
export type IssuedToken = z.output<typeof IssuedToken>;
