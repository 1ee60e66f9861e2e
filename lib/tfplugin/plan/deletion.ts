import { isWriteOnly } from "../schema/level";
import { type Path, stepsOf } from "../schema/path";
import { equal } from "../value/equal";
import { isFields, type Type } from "../value/type";
import { isUnknown } from "../value/unknown";
import type { PlanStep } from "./draft";

/**
 * A replacement deletes too, but Terraform plans it as one change and never asks about that half of it. So this is
 * where `planDelete` gets to see it, last: only now is it clear what will be replaced.
 */
export const planDeletionOfReplaced: PlanStep = async (draft, request) => {
  const { resource, prior, type, client, signal, privateState, diagnostics } = request;
  if (!resource.planDelete || prior === null) return draft;
  const effective = (path: Path) =>
    isWriteOnly(resource, stepsOf(path)) || differs(path, draft.planned, prior, type);
  if (draft.replace.some(effective)) {
    await resource.planDelete({ client, signal, privateState, diagnostics, state: prior });
  }
  return draft;
};

/** Terraform ignores a demand for a new object whose attribute is planned as it was. */
function differs(path: Path, planned: unknown, prior: unknown, type: Type): boolean {
  let after = planned;
  let before = prior;
  let at = type;
  for (const step of stepsOf(path)) {
    if (typeof at === "string" || at[0] === "set" || isUnknown(after)) break;
    after = child(after, step);
    before = child(before, step);
    at =
      at[0] === "object" || at[0] === "tuple"
        ? ((at[1] as { [step: string]: Type })[step] ?? "dynamic")
        : at[1];
  }
  return !equal(after, before, at);
}

function child(value: unknown, step: string | number): unknown {
  if (Array.isArray(value)) return value[Number(step)] ?? null;
  return isFields(value) ? (value[step] ?? null) : null;
}
