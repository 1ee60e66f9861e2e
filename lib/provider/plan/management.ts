import { lackOfManagement, withoutCapability } from "../../contract";
import { type Diagnostics, equal, isUnknown } from "../../tfplugin";
import type { Session } from "../session";
import type { Shape, Values } from "../shape";
import type { PlanRule } from "./rule";

/** What the platform only shows is not made or changed; said at plan, before anything else of it is applied. */
export const refuseManagement: PlanRule = async (draft) => {
  const { shape, session, prior, next, diagnostics, signal } = draft;
  if (prior && !isChange(shape, next, prior)) return;
  await guardManaged(shape, session, prior ? "changed" : "made", diagnostics, signal);
};

/** Refuses what is to happen to an object that the platform only shows. */
export async function guardManaged(
  shape: Shape,
  session: Session,
  what: "made" | "changed" | "deleted",
  diagnostics: Diagnostics,
  signal: AbortSignal,
): Promise<void> {
  // Without the question: most of what there is, a platform lets change.
  if (!shape.collection.management || !session.options.reachable) return;
  const { capabilities } = await session.info(signal);
  const capability = lackOfManagement(shape.collection, capabilities);
  if (!capability) return;
  const leave = "To let go of it, untouched, write a `removed` block with destroy = false.";
  const instead = `${withoutCapability[capability]}${what === "made" ? "" : ` ${leave}`}`;
  diagnostics.error(
    "Not possible on this platform",
    `This ${shape.type} is to be ${what}, but this platform only shows ${shape.collection.noun}s (it lacks ${capability}). ${instead}\n\nCode: unsupported.`,
  );
}

/** Whether anything that the user can write is planned to differ; what is not known yet may. */
function isChange(shape: Shape, next: Values, prior: Values): boolean {
  const versions = shape.secret.map((field) => `${field}_wo_version`);
  return (
    versions.some((name) => next[name] !== prior[name]) ||
    shape.changeable.some(
      ({ attribute, type }) => isUnknown(next[attribute]) || !equal(next[attribute], prior[attribute], type),
    )
  );
}
