import { PlatformError } from "../contract";
import type { ProjectRow, Store } from "./store";

const quotas = {
  instances: { field: "instanceQuota", noun: "instances" },
  portForwards: { field: "portForwardQuota", noun: "port forwards" },
} as const;

/**
 * Lets one more into a project. To be asked in the transaction that writes it; a quota that was lowered below
 * what is there already only refuses new ones.
 * @throws PlatformError `quota_exceeded`
 */
export function guardQuota(store: Store, project: ProjectRow, what: keyof typeof quotas): void {
  const { field: quota, noun } = quotas[what];
  const limit = project[quota];
  if (limit === null) return;
  const used = store[what].count({ projectId: project.id });
  if (used < limit) return;
  throw new PlatformError(
    "quota_exceeded",
    `The project ${project.name} (${project.id}) has ${used} ${noun}, and its ${quota} is ${limit}.`,
    {
      field: "/projectId",
      details: { quota, used, limit, projectId: project.id, projectName: project.name },
    },
  );
}
