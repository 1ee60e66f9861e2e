import {
  collections,
  forwardKey,
  naturalKeys,
  PlatformError,
  parseForwardKey,
  parseInstanceKey,
  sameAddress,
} from "../contract";
import { DiagnosticError, type PrivateState } from "../tfplugin";
import type { Session } from "./session";
import type { Entity, SnapshotName } from "./snapshot";

const entry = "imported";

/** Marks what is just being imported: the plan of the same run must not replace it. */
export const markImported = (privateState: PrivateState): void => privateState.set(entry, "now");

/** A later run has seen the import in its plan; what it does to the object is no surprise any more. */
export function settleImport(privateState: PrivateState): void {
  if (privateState.get(entry) === "now") privateState.set(entry, "earlier");
}

/** From the first update on, what the state says is what was applied. */
export function forgetImport(privateState: PrivateState): void {
  if (privateState.get(entry) !== undefined) privateState.delete(entry);
}

export const importedNow = (privateState: PrivateState): boolean => privateState.get(entry) === "now";
export const wasImported = (privateState: PrivateState): boolean => privateState.get(entry) !== undefined;

type Finder<K extends SnapshotName> = (
  session: Session,
  text: string,
  signal: AbortSignal,
) => Promise<Entity<K>[]>;

/** How each kind is found by its natural key; an id without any other part is asked for afterwards. */
const finders: { readonly [K in SnapshotName]: Finder<K> } = {
  projects: async (session, text, signal) =>
    (await session.snapshots.all("projects", undefined, signal)).filter(
      ({ id, name }) => id === text || name === text,
    ),
  instances: async (session, text, signal) => {
    const key = parseInstanceKey(text);
    if (!key) return [];
    const project = await projectNamed(session, key.project, signal);
    const instances = project ? await session.snapshots.all("instances", project.id, signal) : [];
    return instances.filter(({ id, name }) => name === key.name || id === key.name);
  },
  portForwards: async (session, text, signal) => {
    const key = parseForwardKey(text);
    if (!key) return [];
    const project = key.project === undefined ? undefined : await projectNamed(session, key.project, signal);
    if (key.project !== undefined && !project) return [];
    const forwards = await session.snapshots.all("portForwards", project?.id, signal);
    return forwards.filter(
      (forward) =>
        forward.externalPort === key.externalPort &&
        forward.portCount === key.portCount &&
        forward.protocol === key.protocol &&
        sameAddress(forward.externalIp, key.externalIp),
    );
  },
};

async function projectNamed(session: Session, text: string, signal: AbortSignal) {
  const projects = await session.snapshots.all("projects", undefined, signal);
  return projects.find(({ id }) => id === text) ?? projects.find(({ name }) => name === text);
}

/**
 * Finds the object that an import names, by id or by the key that people use.
 * @throws DiagnosticError when there is none, or more than one
 */
export async function findImported<K extends SnapshotName>(
  session: Session,
  name: K,
  text: string,
  signal: AbortSignal,
): Promise<Entity<K>> {
  const { noun } = collections[name];
  const found = await finders[name](session, text, signal);
  // No id holds a slash, every key of several parts does.
  const search = found.length === 0 && !text.includes("/");
  const [first, ...others] = search ? await byId(session, name, text, signal) : found;
  if (first && others.length === 0) return first;
  if (first) {
    throw new DiagnosticError({
      severity: "error",
      summary: `More than one ${noun} is meant`,
      detail: `${JSON.stringify(text)} names ${found.length} ${noun}s. Import one of them by its id:\n\n${found.map(candidate).join("\n")}`,
    });
  }
  throw new DiagnosticError({
    severity: "error",
    summary: `There is no such ${noun}`,
    detail: `The platform has no ${noun} ${JSON.stringify(text)}. A ${noun} is imported by ${naturalKeys[name]}; \`fairlead forward list\` shows what there is.\n\nCode: not_found.`,
  });
}

async function byId<K extends SnapshotName>(
  { platform }: Session,
  name: K,
  id: string,
  signal: AbortSignal,
): Promise<Entity<K>[]> {
  try {
    return [(await platform[name].get(id, { signal })) as Entity<K>];
  } catch (error) {
    if (error instanceof PlatformError && error.code === "not_found") return [];
    throw error;
  }
}

function candidate(entity: Entity): string {
  if ("externalPort" in entity) return `  ${entity.id}  ${forwardKey(entity)}  ${entity.description}`;
  return `  ${entity.id}  ${entity.name}, made ${entity.createdAt}  ${entity.description}`;
}
