import { listAll, type Platform } from "../contract";
import type { Answer } from "./context-file";
import type { LookupKind } from "./lookup-kind";

/** A whole list that lookups are answered from: of a project where one is meant, else all that the caller may see. */
export function lookupList(
  platform: Platform,
  list: LookupKind["list"],
  projectId?: string,
): Promise<readonly Answer[]> {
  return listAll<Answer, object>(platform[list], projectId === undefined ? {} : { projectId });
}
