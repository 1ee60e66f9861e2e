import { ownLabels } from "./labels";
import { attributeName } from "./name";
import type { Session } from "./session";
import type { Shape, Values } from "./shape";

/**
 * An object of the platform as Terraform's state. What the platform does not tell (a version of something secret,
 * timeouts) stays as it is in `before`: the plan at create and update, the state at read.
 */
export function toState(shape: Shape, session: Session, entity: Values, before: Values): Values {
  const state: Record<string, unknown> = { ...before };
  for (const { field, attribute } of shape.shown) state[attribute] = entity[field] ?? null;
  const effective = entity.labels as Record<string, string>;
  state.effective_labels = effective;
  state.labels = ownLabels(effective, session.options.defaultLabels, before.labels);
  for (const field of shape.secret) state[secretName(field)] = null;
  return state;
}

/** The attribute of a field that goes in and never comes out. */
export const secretName = (field: string): string => `${attributeName(field)}_wo`;
