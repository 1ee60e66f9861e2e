import type { Project } from "../contract";
import { ourTag, readNote, withNote } from "./marks";

/** A project as Keystone describes it. */
export interface KeystoneProject {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly tags?: readonly string[];
}

/** What Keystone has no field for; it stands at the end of the description. */
export interface ProjectNote {
  readonly ownershipId: string | null;
  /** Digests of the idempotency key and of the request that made it. */
  readonly key: string | null;
  readonly request: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly revision: number;
  readonly createdAt: string;
  /** Network of its instances. */
  readonly privateCidr: string;
}

/** Whether Fairlead has made the project. */
export const isOurs = (project: KeystoneProject): boolean => project.tags?.includes(ourTag) === true;

/** A project's note; undefined for one that somebody else has made. */
export function noteOf(project: KeystoneProject): ProjectNote | undefined {
  return isOurs(project) ? readNote<ProjectNote>(project.description ?? "").note : undefined;
}

/** What Keystone is sent for the fields that may change. */
export function projectBody(
  { name, description }: Pick<Project, "name" | "description">,
  note: ProjectNote,
): { readonly name: string; readonly description: string } {
  return { name, description: withNote(description, note) };
}

/** Keystone does not say when a project was made; of one that others made nobody knows. */
const unknownTime = new Date(0).toISOString();

/** A project as the contract has it. */
export function toProject(
  project: KeystoneProject,
  network: Pick<Project, "externalIps" | "privateCidr">,
): Project {
  const note = noteOf(project);
  const { text } = note ? readNote(project.description ?? "") : { text: project.description ?? "" };
  return {
    id: project.id,
    name: project.name,
    description: text,
    labels: note?.labels ?? {},
    instanceQuota: null,
    portForwardQuota: null,
    ...network,
    ownershipId: note?.ownershipId ?? null,
    revision: note?.revision ?? 1,
    createdAt: note?.createdAt ?? unknownTime,
  };
}
