import { guardKnownName } from "../../contract";
import type { PlanRule } from "./rule";

/** A name that the platform does not have is found before the old instance has gone for a new one that cannot be made. */
export const findCatalogueNames: PlanRule = async ({ next, prior, session, signal }) => {
  if (!session.options.reachable || session.snapshots.written) return;
  for (const field of ["image", "flavor"] as const) {
    const name = next[field];
    if (typeof name !== "string" || name === prior?.[field]) continue;
    guardKnownName(field, name, await session.catalogue(`${field}s`, signal));
  }
};
