import { connect, resolveSettings } from "../connect";
import { listAll, Role } from "../contract";
import { formatTable } from "../table";
import { administered } from "./administered";
import { parseDuration } from "./duration";
import { UsageError } from "./failure";
import { fromNow } from "./moment";
import { projectIdOf } from "./project-choice";

/** The flags of `fairlead token create`. */
export interface TokenCreateOptions {
  readonly name?: string;
  readonly project?: string;
  readonly role: string;
  readonly expires: string;
  readonly json?: boolean;
}

/** Makes a token and prints it, this once. */
export async function createToken(options: TokenCreateOptions): Promise<void> {
  const role = roleOf(options.role);
  const expiresAt = expiryOf(options.expires);
  const platform = connect(resolveSettings());
  const projectId = options.project === undefined ? null : await projectIdOf(platform, options.project);
  const name = options.name ?? nameFor(role, options.project);
  const made = await administered(platform, "tokens", ({ tokens }) =>
    tokens.create({ name, projectId, role, expiresAt }),
  );
  if (options.json) process.stdout.write(`${JSON.stringify(made, null, 2)}\n`);
  // Only the token on stdout: FAIRLEAD_TOKEN=$(fairlead token create ...)
  else {
    const until = expiresAt === null ? "It does not expire" : `It works until ${expiresAt}`;
    process.stderr.write(
      `${made.name} (${made.id}). ${until}. This is the only time that the token is shown:\n`,
    );
    process.stdout.write(`${made.token}\n`);
  }
}

/** Prints the tokens that there are; never a token itself. */
export async function listTokens(options: {
  readonly project?: string;
  readonly json?: boolean;
}): Promise<void> {
  const platform = connect(resolveSettings());
  const projects = await listAll(platform.projects);
  const projectId = options.project === undefined ? undefined : await projectIdOf(platform, options.project);
  const found = await administered(platform, "tokens", ({ tokens }) => listAll(tokens, { projectId }));
  if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.length === 0) process.stdout.write("There are no tokens but the administrator's.\n");
  else {
    const now = Date.now();
    const nameOf = new Map(projects.map(({ id, name }) => [id, name]));
    const rows = found.map((token) => [
      token.name,
      token.projectId === null ? "(all)" : (nameOf.get(token.projectId) ?? token.projectId),
      token.role,
      fromNow(token.createdAt, now),
      token.expiresAt === null ? "never" : fromNow(token.expiresAt, now),
      token.lastUsedAt === null ? "never" : fromNow(token.lastUsedAt, now),
      token.id,
    ]);
    const heads = ["NAME", "PROJECT", "ROLE", "MADE", "EXPIRES", "LAST USED", "ID"];
    process.stdout.write(formatTable(heads, rows, { width: process.stdout.columns, elastic: "NAME" }));
  }
}

/** Takes a token back, by its id. */
export async function revokeToken(id: string): Promise<void> {
  await administered(connect(resolveSettings()), "tokens", ({ tokens }) => tokens.delete(id));
  process.stdout.write(`The token ${id} is revoked.\n`);
}

/** A name has at most 63 characters, of which a project's may take all. */
function nameFor(role: Role, project = "the platform"): string {
  const name = `${role} of ${project}`;
  return name.length <= 63 ? name : role;
}

function roleOf(text: string): Role {
  const role = Role.options.find((known) => known === text);
  if (role) return role;
  throw new UsageError(`--role is ${JSON.stringify(text)}, but it has to be ${Role.options.join(", ")}.`);
}

function expiryOf(text: string): string | null {
  if (text === "never") return null;
  return new Date(Date.now() + parseDuration("--expires", text)).toISOString();
}
