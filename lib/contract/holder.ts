import type { PlatformError } from "./errors";
import { forwardKey } from "./port-range";

/** Who has what somebody else wanted: for a message, and as facts for programs. */
export interface Holder {
  /** `port forward fwd-1 of project ai-lab, to instance web` */
  readonly text: string;
  /** Its ids and names, and the mark of the stack that made it. */
  readonly details: NonNullable<PlatformError["details"]> & { readonly key?: string };
}

/** What of a forward names it as a holder. */
export type HoldingForward = Parameters<typeof forwardKey>[0] & {
  /** Identifier of the forward. */
  readonly id: string;
  /** Of the project that owns it. */
  readonly projectId: string;
  /** Mark of the stack that made it; null where none did. */
  readonly ownershipId: string | null;
};

/** A forward as the holder of a port; `instanceName` is null where it is detached. */
export function forwardHolder(
  forward: HoldingForward,
  projectName: string,
  instanceName: string | null,
): Holder {
  const { id, projectId, ownershipId } = forward;
  const target = instanceName === null ? "detached" : `to instance ${instanceName}`;
  return {
    text: `port forward ${id} of project ${projectName}, ${target}${markText(forward)}`,
    details: { id, ownershipId, projectId, projectName, instanceName, key: forwardKey(forward) },
  };
}

/** A forward as the holder of a port, for somebody who may not know of it. */
export const foreignHolder: Holder = { text: "a port forward of another project", details: {} };

/** A project as the holder of a name. */
export function projectHolder(project: {
  readonly id: string;
  readonly name: string;
  readonly ownershipId: string | null;
}): Holder {
  const { id, ownershipId, name } = project;
  return {
    text: `project ${id}${markText(project)}`,
    details: { id, ownershipId, projectId: id, projectName: name },
  };
}

/** Whose it is, where somebody has said so. */
function markText({ ownershipId }: { readonly ownershipId: string | null }): string {
  return ownershipId === null ? "" : `; it bears the mark ${ownershipId}`;
}
