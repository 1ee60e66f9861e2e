import { PlatformError } from "./errors";
import { projectHolder } from "./holder";

/** How much of what is left in a project its refused deletion names. */
export const shownOfProject = 10;

/** Another project has the name. */
export function projectNameTaken(holder: Parameters<typeof projectHolder>[0]): PlatformError {
  const { text, details } = projectHolder(holder);
  return new PlatformError(
    "project_name_taken",
    `A project named ${JSON.stringify(holder.name)} exists: ${text}.`,
    { field: "/name", details },
  );
}

/** A project that the caller may know nothing of has the name. */
export function foreignProjectNameTaken(name: string): PlatformError {
  return new PlatformError("project_name_taken", `Another project is named ${JSON.stringify(name)}.`, {
    field: "/name",
  });
}

/**
 * Something is in a project that is to be deleted.
 * @param first what is in it, as `instance web (ins-1)`; the first of it is enough
 * @param count how much there is
 */
export function projectNotEmpty(
  { id, name }: { readonly id: string; readonly name: string },
  first: readonly string[],
  count: number = first.length,
): PlatformError {
  const left = first.slice(0, shownOfProject);
  const more = count > left.length ? ` and ${count - left.length} more` : "";
  return new PlatformError(
    "project_not_empty",
    `The project ${name} (${id}) still has ${left.join(", ")}${more}.`,
    { details: { left, count } },
  );
}
