import type { Overview } from "../../contract";
import type { Look } from "./check";
import type { DeclaredItem } from "./declared";

/** The project of something declared. */
export interface ItsProject {
  /** As the platform has it; undefined when the stack has yet to make it. */
  readonly existing: Overview["projects"][number] | undefined;
  /** Where the stack declares it; undefined when something else has made it. */
  readonly declared: DeclaredItem | undefined;
}

/** Finds the project of instances and forwards; undefined for what only Terraform knows, or the platform does not show. */
export function projectFinder({ declared, overview }: Look): (item: DeclaredItem) => ItsProject | undefined {
  const byAddress = new Map(declared.projects.map((item) => [item.address, item]));
  const byId = new Map(overview.projects.map((project) => [project.id, project]));
  const known = new Map<string, ItsProject>();
  const called = (key: unknown) =>
    overview.projects.find(({ id, name }) => [id, name].includes(key as string));
  // Names are unique, so one of the name is this one, whichever mark it bears, or the platform refuses to make it.
  const ofDeclared = (item: DeclaredItem): ItsProject => ({
    declared: item,
    existing: called(item.importKey) ?? called(item.values.name),
  });
  return ({ values: { project_id: id } }) => {
    if (typeof id !== "string") return undefined;
    const found = known.get(id);
    if (found) return found;
    const address = referredTo(id);
    const item = address === undefined ? undefined : byAddress.get(address);
    const existing = byId.get(id);
    const project = item ? ofDeclared(item) : existing && { existing, declared: undefined };
    if (project) known.set(id, project);
    return project;
  };
}

/** "fairlead_project.Lab" of "${fairlead_project.Lab.id}". */
export const referredTo = (expression: string): string | undefined =>
  /^\$\{(fairlead_\w+\.[\w-]+)\.id\}$/.exec(expression)?.[1];
