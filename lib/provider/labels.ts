import { attribute } from "../tfplugin/schema/attribute";
import { isUnknown, UNKNOWN, type Unknown } from "../tfplugin/value/unknown";

/** Beside `labels`, which are the object's own: what the platform has. */
export const labelAttributes = {
  effective_labels: attribute.map(attribute.string(), {
    computed: true,
    description:
      "All labels of the object: its own, and the provider's default_labels where it has none of that key.",
  }),
};

/** The attribute whose value the platform gets for an attribute that the user writes. */
export const sentAttribute = (name: string): string => (name === "labels" ? "effective_labels" : name);

type Labels = Readonly<Record<string, string>>;

/** What the platform gets: the provider's labels, and the object's own, which win. */
export function effectiveLabels(defaults: Labels | Unknown, own: unknown): Labels | Unknown {
  if (isUnknown(defaults) || isUnknown(own)) return UNKNOWN;
  const labels = { ...defaults, ...(own as Labels | null) };
  return Object.values(labels).some(isUnknown) ? UNKNOWN : labels;
}

/**
 * The object's own labels among those that the platform has: all but the provider's. One that says the same as a
 * label of the provider is the object's own where it was before.
 */
export function ownLabels(effective: Labels, defaults: Labels | Unknown, before: unknown): Labels {
  if (isUnknown(defaults)) return effective;
  const kept = (before ?? {}) as Labels;
  return Object.fromEntries(
    Object.entries(effective).filter(([key, value]) => defaults[key] !== value || Object.hasOwn(kept, key)),
  );
}
