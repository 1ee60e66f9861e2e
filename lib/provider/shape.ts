import { type Collection, collections } from "../contract";
import type { Attribute } from "../tfplugin";
import { attributeOf, secretAttributes } from "./attribute";
import type { Fact } from "./fact";
import { labelAttributes, sentAttribute } from "./labels";
import { attributeName } from "./name";
import type { SnapshotName } from "./snapshot";

/** Values by attribute, or by field of the contract. */
export type Values = Readonly<Record<string, unknown>>;

/** A field of the contract that Terraform shows. */
export interface ShownField {
  readonly field: string;
  readonly attribute: string;
  readonly fact: Fact;
}

/** How a collection of the contract looks in Terraform. */
export interface Shape {
  readonly name: SnapshotName;
  /** `fairlead_port_forward` */
  readonly type: string;
  readonly collection: Collection;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** What the platform tells of an object. */
  readonly shown: readonly ShownField[];
  /** What the user may write, with the attribute that holds what the platform has of it. */
  readonly changeable: readonly { readonly attribute: string; readonly type: Attribute["type"] }[];
  /** Every field's attribute, also of those that Terraform does not show. */
  readonly attributeNames: Readonly<Record<string, string>>;
  /** For attributes that the platform derives from others: which ones. */
  readonly derivedFrom: Readonly<Record<string, readonly string[]>>;
  /** Fields that go in and never come out. */
  readonly secret: readonly string[];
}

/** The resource types, by the collection that they stand for. */
export const resourceTypes = {
  projects: "fairlead_project",
  instances: "fairlead_instance",
  portForwards: "fairlead_port_forward",
} as const satisfies Record<SnapshotName, string>;

/** Derives the shape from what Terraform has to know of each field. */
export function shapeOf(name: SnapshotName, facts: Readonly<Record<string, Fact>>): Shape {
  const collection: Collection = collections[name];
  const all = Object.entries(facts).map(([field, fact]) => ({
    field,
    attribute: attributeName(field),
    fact,
  }));
  const secret = all.filter(({ fact }) => fact.kind === "writeOnly").map(({ field }) => field);
  const shown = all.filter(({ fact }) => fact.kind !== "hidden" && fact.kind !== "writeOnly");
  const attributes: Record<string, Attribute> = {};
  for (const { field, attribute, fact } of shown)
    attributes[attribute] = attributeOf(collection, field, fact);
  for (const field of secret) Object.assign(attributes, secretAttributes(collection, field));
  Object.assign(attributes, labelAttributes);
  return {
    name,
    type: resourceTypes[name],
    collection,
    attributes,
    shown,
    secret,
    attributeNames: Object.fromEntries(all.map(({ field, attribute }) => [field, attribute])),
    derivedFrom: Object.fromEntries(
      shown.map(({ attribute, fact }) => [
        attribute,
        fact.kind === "stable" ? fact.with.map(attributeName) : [],
      ]),
    ),
    changeable: shown
      .filter(({ fact }) => fact.kind === "configured" || fact.kind === "replaces")
      .map(({ attribute }) => sentAttribute(attribute))
      .map((attribute) => ({ attribute, type: attributes[attribute]!.type })),
  };
}
