import { forwardKey, type PlatformError } from "../contract";
import type { PortForwardRow, ProjectRow, Store } from "./store";

/** Who has what somebody else wanted: for a message, and as facts for programs. */
export interface Holder {
  /** `port forward fwd-1 of project ai-lab, to instance web` */
  readonly text: string;
  readonly details: NonNullable<PlatformError["details"]>;
}

/** A forward as the holder of a port. */
export function forwardHolder({ instances, projects }: Store, row: PortForwardRow): Holder {
  const instance = row.instanceId === null ? undefined : instances.get(row.instanceId);
  const project = projects.get(row.projectId)!;
  const target = instance ? `to instance ${instance.name}` : "detached";
  return {
    text: `port forward ${row.id} of project ${project.name}, ${target}${markText(row)}`,
    details: {
      id: row.id,
      ownershipId: row.ownershipId,
      projectId: project.id,
      projectName: project.name,
      instanceName: instance?.name ?? null,
      key: forwardKey(row),
    },
  };
}

/** A project as the holder of a name. */
export function projectHolder(row: ProjectRow): Holder {
  const { id, ownershipId, name } = row;
  return {
    text: `project ${id}${markText(row)}`,
    details: { id, ownershipId, projectId: id, projectName: name },
  };
}

/** Whose it is, where somebody has said so. */
export function markText({ ownershipId }: { readonly ownershipId: string | null }): string {
  return ownershipId === null ? "" : `; it bears the mark ${ownershipId}`;
}
