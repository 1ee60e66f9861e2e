import type { Check, PreflightFinding } from "./check";
import { isUnknown } from "./declared";
import { projectFinder, referredTo } from "./project-of";

/** Forwards to instances of another project, or to instances that the platform does not show. */
export const foreignInstances: Check = (look) => {
  const findings: PreflightFinding[] = [];
  const unchecked: string[] = [];
  const projectOf = projectFinder(look);
  const instances = new Map(look.overview.instances.map((instance) => [instance.id, instance]));
  const names = new Map(look.overview.projects.map(({ id, name }) => [id, name]));
  const made = new Set(look.declared.instances.map(({ address }) => address));
  for (const item of look.declared.portForwards) {
    const { instance_id: id, project_id: projectId } = item.values;
    if (typeof id !== "string") continue;
    if (isUnknown(id)) {
      if (!made.has(referredTo(id) ?? "")) unchecked.push("instance_id");
      continue;
    }
    const instance = instances.get(id);
    if (!instance) {
      findings.push({
        construct: item.construct,
        level: "warning",
        problem: `The platform shows no instance ${id}.`,
        fix: "Correct the id; `fairlead forward list --wide` shows those that there are.",
      });
      continue;
    }
    const project = projectOf(item);
    const wanted = project?.existing?.id ?? (isUnknown(projectId) ? undefined : projectId);
    if (wanted === instance.projectId) continue;
    if (wanted === undefined && !project) {
      unchecked.push("project_id");
      continue;
    }
    const owner = names.get(instance.projectId) ?? instance.projectId;
    const own = project?.existing?.name ?? project?.declared?.values.name ?? projectId;
    findings.push({
      construct: item.construct,
      level: "error",
      problem: `The instance ${instance.name} (${id}) belongs to project ${owner}, but the forward to project ${own}.`,
      fix: "Forward to an instance of the forward's own project.",
    });
  }
  return { findings, unchecked };
};
