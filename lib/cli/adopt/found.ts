import type { Instance, PortForward, Project } from "../../contract";
import type { InventoryLine } from "../inventory";

/** An instance, and what leads to it of what was made by hand. */
export interface FoundInstance {
  readonly instance: Instance;
  readonly forwards: readonly PortForward[];
}

/** What was made by hand in a project. */
export interface FoundProject {
  readonly project: Project;
  readonly instances: readonly FoundInstance[];
  /** Forwards that lead nowhere, since their instance is gone: code has nothing to forward to. */
  readonly detached: readonly PortForward[];
}

/** Puts the lines of a platform's console together, project by project and instance by instance. */
export function found(lines: readonly InventoryLine[]): FoundProject[] {
  const projects = new Map<string, FoundProject & { instances: FoundInstance[]; detached: PortForward[] }>();
  const instances = new Map<string, FoundInstance & { forwards: PortForward[] }>();
  for (const { project, instance, forward } of lines) {
    const here = projects.get(project.id) ?? { project, instances: [], detached: [] };
    projects.set(project.id, here);
    if (!instance) {
      if (forward) here.detached.push(forward);
      continue;
    }
    let one = instances.get(instance.id);
    if (!one) {
      one = { instance, forwards: [] };
      instances.set(instance.id, one);
      here.instances.push(one);
    }
    if (forward) one.forwards.push(forward);
  }
  return [...projects.values()];
}
