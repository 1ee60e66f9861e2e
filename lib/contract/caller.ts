import * as z from "zod";
import { PlatformError } from "./errors";

/**
 * What a caller may do. A viewer reads. An editor also makes, changes and deletes: instances and forwards, and
 * projects where the caller is of no single project. An admin of a project also changes that project and its tokens,
 * and reads its audit log; an admin of no single project is the platform's administrator.
 */
export const Role = z.enum(["viewer", "editor", "admin"], {
  error: 'a role is "viewer", "editor" or "admin"',
});
export type Role = z.output<typeof Role>;

/** On whose behalf a call is made. */
export interface Caller {
  /** Identifier of the token that was shown. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  /** What the caller may do. */
  readonly role: Role;
  /** The one project that the caller sees; null: all of them. */
  readonly projectId: string | null;
  /** Where the call came from, an IP address; null for one from within the platform. */
  readonly address: string | null;
  /** The request, as logs and answers name it. */
  readonly requestId: string | null;
}

/** Whoever runs the platform. */
export const administrator: Caller = {
  id: "administrator",
  name: "administrator",
  role: "admin",
  projectId: null,
  address: null,
  requestId: null,
};

const ranks: readonly Role[] = Role.options;

/**
 * Refuses what a caller's role does not include.
 * @param what what is about to be done: "make an instance"
 * @throws PlatformError `forbidden`
 */
export function guardRole({ name, role }: Caller, least: Role, what: string): void {
  if (ranks.indexOf(role) >= ranks.indexOf(least)) return;
  throw new PlatformError(
    "forbidden",
    `The token ${name} has the role ${role}; to ${what} takes the role ${least}.`,
  );
}

/**
 * Refuses what concerns the whole platform to a caller of one project.
 * @param what what is about to be done: "make a project"
 * @throws PlatformError `forbidden`
 */
export function guardWholePlatform({ name, projectId }: Caller, what: string): void {
  if (projectId === null) return;
  throw new PlatformError(
    "forbidden",
    `The token ${name} is of one project; to ${what} takes a token of the whole platform.`,
  );
}
