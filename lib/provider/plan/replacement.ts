import { collections } from "../../contract";
import { equal } from "../../tfplugin";
import { importedNow, wasImported } from "../import";
import { secretName } from "../state";
import type { PlanDraft, PlanRule } from "./rule";

/** Another version of something secret means another object, unless nobody knows which version an imported one has. */
export const replaceForSecrets: PlanRule = ({ shape, next, prior, privateState, requiresReplace }) => {
  if (!prior) return;
  for (const field of shape.secret) {
    const version = `${secretName(field)}_version`;
    const unknownBefore = prior[version] === null && wasImported(privateState);
    if (next[version] !== prior[version] && !unknownBefore) requiresReplace(version);
  }
};

/** Who imports an object wants to keep it: a difference that would replace it is a mistake in the configuration. */
export const guardImport: PlanRule = (draft) => {
  const { prior, diagnostics, privateState, shape } = draft;
  if (!prior || !importedNow(privateState)) return;
  const changed = replacedAttributes(draft);
  const { noun } = collections[shape.name];
  for (const attribute of changed) {
    const change = `${attribute} is ${text(prior[attribute])} on the platform and ${text(draft.next[attribute])} in the configuration, which needs a new ${noun}`;
    diagnostics.error(
      "An import would delete what it imports",
      `${change}: the imported ${noun} ${String(prior.id)} would be deleted. Write ${attribute} = ${text(prior[attribute])}, import that, and replace it in a second step if you mean to.`,
      attribute,
    );
  }
};

function replacedAttributes({ shape, next, prior, replaced }: PlanDraft): string[] {
  const byFact = shape.shown.filter(
    ({ attribute, fact }) =>
      fact.kind === "replaces" &&
      !equal(next[attribute], prior![attribute], shape.attributes[attribute]!.type),
  );
  return [...byFact.map(({ attribute }) => attribute), ...replaced];
}

const text = (value: unknown): string => JSON.stringify(value) ?? "known after apply";
