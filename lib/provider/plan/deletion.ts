import { collections } from "../../contract";
import type { Diagnostics } from "../../tfplugin";
import type { Shape, Values } from "../shape";
import { secretName } from "../state";

/** The platform refuses it anyway; here it is refused before half of the rest is destroyed or replaced. */
export function guardDeletion(shape: Shape, state: Values, diagnostics: Diagnostics): void {
  if (state.deletion_protection !== true) return;
  const { noun } = collections[shape.name];
  const replacing = [
    ...shape.shown.filter(({ fact }) => fact.kind === "replaces").map(({ attribute }) => attribute),
    ...shape.secret.map((field) => `${secretName(field)}_version`),
  ];
  diagnostics.error(
    "Protected against deletion",
    `The ${noun} ${String(state.id)}${nameOf(state)} has deletion_protection = true, but this plan destroys it` +
      `${replacing.length > 0 ? `, or replaces it because of another ${replacing.join(" or ")}` : ""}. ` +
      "Take that change back and set deletion_protection = false, apply that, and destroy it then.\n\nCode: deletion_protected.",
  );
}

function nameOf({ name, socket_address: socketAddress, protocol }: Values): string {
  if (typeof name === "string") return ` (${name})`;
  return typeof socketAddress === "string" ? ` (${socketAddress}/${String(protocol)})` : "";
}
