import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { errors } from "../contract";
import { hasBrand } from "./brand";
import type { IInstance } from "./instance";
import type { IProject } from "./project";
import { PropsError } from "./props";

/**
 * Refuses a forward whose instance belongs to another project. Two projects that this app makes are never
 * the same, nor are two literal ids that differ; what is known only at apply is left to the platform.
 * @throws PropsError
 */
export function checkSameProject(forward: IConstruct, project: IProject, instance: IInstance): void {
  if (!areKnownToDiffer(project, instance.project)) return;
  throw new PropsError(
    forward,
    `The project is ${show(project)}, but the instance ${instance.node.path} belongs to ${show(instance.project)}. ` +
      errors.project_mismatch.hint,
    "Leave `project` out, or forward to an instance of that project.",
  );
}

function areKnownToDiffer(a: IProject, b: IProject): boolean {
  if (a === b) return false;
  if (hasBrand(a, "Project") && hasBrand(b, "Project")) return true;
  const ids = [a.projectId, b.projectId];
  return !ids.some((id) => Token.isUnresolved(id)) && ids[0] !== ids[1];
}

const show = (project: IProject): string => project.node.path;
