import { type Capabilities, lacksOf, withoutCapability } from "../../contract";
import { isUnknown } from "../../tfplugin";
import { secretName } from "../state";
import type { PlanDraft, PlanRule } from "./rule";

const nothing = {} as Capabilities;

/** What the platform cannot enforce is refused now, at its argument, not at apply and never in silence. */
export const refuseLacking: PlanRule = async (draft) => {
  const { shape, session, diagnostics, signal } = draft;
  if (!session.options.reachable) return;
  const input = inputOf(draft);
  // Most objects ask for nothing special, and need no question to the platform.
  if (lacksOf(shape.collection, input, nothing).length === 0) return;
  const { capabilities } = await session.info(signal);
  for (const { field, capability } of lacksOf(shape.collection, input, capabilities)) {
    const attribute = attributeOf(draft, field);
    const given = shape.secret.includes(field) ? "is set" : `is ${JSON.stringify(input[field])}`;
    diagnostics.error(
      "Not possible on this platform",
      `${attribute} ${given}, but this platform cannot enforce it (it lacks ${capability}). ${withoutCapability[capability]}\n\nCode: unsupported.`,
      attribute,
    );
  }
};

/** What the configuration asks for, by field of the contract, as far as it is known. */
function inputOf(draft: PlanDraft): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const field of Object.keys(draft.shape.collection.needs)) {
    const value = draft.config[attributeOf(draft, field)];
    if (value !== null && value !== undefined && !isUnknown(value)) input[field] = value;
  }
  return input;
}

const attributeOf = ({ shape }: PlanDraft, field: string): string =>
  shape.secret.includes(field) ? secretName(field) : shape.attributeNames[field]!;
