import { listAll, type Platform, type Project } from "../contract";
import { UsageError } from "./failure";

/**
 * The project that the user names, by name or id; all of them where none is named.
 * @throws UsageError with those that there are
 */
export async function chosenProjects(platform: Platform, wanted: string | undefined): Promise<Project[]> {
  const projects = await listAll(platform.projects);
  if (wanted === undefined) return projects;
  const project = projects.find(({ id }) => id === wanted) ?? projects.find(({ name }) => name === wanted);
  if (project) return [project];
  const names = projects.slice(0, 10).map(({ name }) => name);
  throw new UsageError(
    `There is no project ${JSON.stringify(wanted)}; the platform has ${names.join(", ") || "none"}.`,
  );
}

/**
 * The id of the project that the user names, by name or id.
 * @throws UsageError with those that there are
 */
export async function projectIdOf(platform: Platform, wanted: string): Promise<string> {
  return (await chosenProjects(platform, wanted))[0]!.id;
}
