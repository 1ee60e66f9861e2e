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
  /** Names that name none of the project's instances, since several have them; whoever made these. */
  readonly repeated: ReadonlySet<string>;
  /** Forwards that lead nowhere, since their instance is gone: code has nothing to forward to. */
  readonly detached: readonly PortForward[];
}

/** Puts all lines of a platform's console together, project by project, and leaves out what bears a stack's mark. */
export function found(lines: readonly InventoryLine[]): FoundProject[] {
  const projects = new Map<string, ProjectLines>();
  for (const { project, instance, forward } of lines) {
    const here = projects.get(project.id) ?? { project, instances: new Map(), detached: [] };
    projects.set(project.id, here);
    const one = instance && (here.instances.get(instance.id) ?? { instance, forwards: [] });
    if (one) here.instances.set(one.instance.id, one);
    if (forward && isByHand(forward)) (one?.forwards ?? here.detached).push(forward);
  }
  return [...projects.values()].map(({ project, instances, detached }) => ({
    project,
    instances: [...instances.values()].filter((one) => isByHand(one.instance) || one.forwards.length > 0),
    repeated: repeatedNames([...instances.values()]),
    detached,
  }));
}

interface ProjectLines {
  readonly project: Project;
  /** By their ids. */
  readonly instances: Map<string, { readonly instance: Instance; readonly forwards: PortForward[] }>;
  readonly detached: PortForward[];
}

const isByHand = ({ ownershipId }: Instance | PortForward): boolean => ownershipId === null;

function repeatedNames(all: readonly FoundInstance[]): ReadonlySet<string> {
  const names = all.map(({ instance }) => instance.name);
  return new Set(names.filter((name, i) => names.indexOf(name) !== i));
}
