import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { errors } from "../contract/errors";
import { hasBrand } from "./brand";
import { ConstructError } from "./construct-error";
import type { IInstance } from "./instance-base";
import type { IProject } from "./project-base";
import { idIn } from "./repetition";

/**
 * Refuses a forward whose instance belongs to another project. Two projects that this app makes are never
 * the same, nor are two literal ids that differ; what is known only at apply is left to the platform.
 * @throws ConstructError
 */
export function checkSameProject(forward: IConstruct, project: IProject, instance: IInstance): void {
  if (!areKnownToDiffer(project, instance.project)) return;
  throw new ConstructError(forward, {
    problem:
      `The project is ${project.node.path}, but the instance ${instance.node.path} belongs to ` +
      `${instance.project.node.path}. ${errors.project_mismatch.hint}`,
    fix: "Leave `project` out, or forward to an instance of that project.",
  });
}

function areKnownToDiffer(a: IProject, b: IProject): boolean {
  if (a === b) return false;
  if (hasBrand(a, "Project") && hasBrand(b, "Project")) return true;
  const ids = [a, b].map((project) => idIn(project, ({ projectId }) => projectId));
  return !ids.some((id) => Token.isUnresolved(id)) && ids[0] !== ids[1];
}
