import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { errors } from "../contract/errors";
import { hasBrand } from "./brand";
import { ConstructError } from "./construct-error";
import type { IInstance } from "./instance-base";
import type { IProject } from "./project-base";
import { isRepeated } from "./repetition";

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

/** Whether two constructs are one project as far as that is known at synthesis: the same, or looked up or named by one id. */
export function isSameProject(a: IProject, b: IProject): boolean {
  if (a === b) return true;
  const id = literalIdOf(a);
  return id !== undefined && id === literalIdOf(b);
}

function areKnownToDiffer(a: IProject, b: IProject): boolean {
  if (isSameProject(a, b)) return false;
  if (hasBrand(a, "Project") && hasBrand(b, "Project")) return true;
  return ![a, b].some((project) => literalIdOf(project) === undefined);
}

/** The id where it is text; undefined for what is known at apply only. */
function literalIdOf(project: IProject): string | undefined {
  if (isRepeated(project)) return undefined;
  const { projectId } = project;
  return Token.isUnresolved(projectId) ? undefined : projectId;
}
