import * as z from "zod";
import { type Catalogue, type Collection, compiledWhenBusy, problemsOf } from "../contract";
import type { Attribute } from "../tfplugin";
import { attribute } from "../tfplugin/schema/attribute";
import type { Fact } from "./fact";
import { attributeName } from "./name";

type AnyAttribute = Attribute;

/** A field of the contract as a Terraform attribute: type, limits and words from the contract, the rest from the fact. */
export function attributeOf(collection: Catalogue | Collection, field: string, fact: Fact): AnyAttribute {
  const entityField = collection.entity.shape[field] as z.ZodType;
  const description = entityField.description && inTerraform(entityField.description, collection);
  const build = builderOf(entityField, fact);
  if (fact.kind === "computed" || fact.kind === "stable" || !("create" in collection)) {
    return build({ computed: true, stable: fact.kind === "stable" && fact.with.length === 0, description });
  }
  const input = collection.create.shape[field] as z.ZodType;
  return build({
    ...presence(input),
    replace: fact.kind === "replaces",
    description,
    validate: [validatorOf(attributeName(field), input)],
  });
}

/** The contract's words, with the fields that they mention by their names in Terraform. */
function inTerraform(description: string, { entity }: Catalogue): string {
  return description.replace(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g, (word) =>
    word in entity.shape ? attributeName(word) : word,
  );
}

/** A field that goes in and never comes out: the value itself, and what tells that it is another one. */
export function secretAttributes(collection: Collection, field: string): Record<string, AnyAttribute> {
  const input = collection.create.shape[field] as z.ZodType;
  const name = `${attributeName(field)}_wo`;
  return {
    [name]: attribute.string({
      optional: true,
      writeOnly: true,
      description: `${input.description} It is in no plan and no state.`,
      validate: [validatorOf(name, input)],
    }),
    [`${name}_version`]: attribute.string({
      optional: true,
      description: `Any text that changes with ${name}: another one makes a new object with the new value.`,
    }),
  };
}

/** Says everything that is wrong with a value, by the name that the user knows: `allowed_cidrs.0 is "x", but ...`. */
export function validatorOf(name: string, schema: z.ZodType): (value: unknown) => string | undefined {
  const named = z.object({ [name]: schema });
  const check = compiledWhenBusy(schema);
  return (value) => {
    // Nearly every value is right, and each is looked at twice a plan: words are found only where they are needed.
    if (check().safeParse(value).success) return undefined;
    return problemsOf(named, { [name]: value })
      .map((problem) => problem.message)
      .join(" ");
  };
}

type Options = Record<string, unknown>;

/** Required, optional with a default, or optional and else set by the platform, which then keeps it. */
function presence(input: z.ZodType): Options {
  if (!input.safeParse(undefined).success) return { required: true };
  const fallback = input.parse(undefined);
  if (fallback === null) return { optional: true };
  return fallback === undefined
    ? { optional: true, computed: true, stable: true }
    : { optional: true, computed: true, default: fallback };
}

function builderOf(schema: z.ZodType, fact: Fact): (options: Options) => AnyAttribute {
  const definition = schema.def as {
    type: string;
    innerType?: z.ZodType;
    element?: z.ZodType;
    valueType?: z.ZodType;
  };
  switch (definition.type) {
    case "string":
    case "enum":
      return (options) => attribute.string(options);
    case "number":
      return (options) => attribute.number(options);
    case "boolean":
      return (options) => attribute.bool(options);
    case "nullable":
      return builderOf(definition.innerType!, fact);
    case "record":
      return (options) => attribute.map(elementOf(definition.valueType!), options);
    case "array": {
      const collectionOf = fact.kind === "configured" && fact.unordered ? attribute.set : attribute.list;
      return (options) => collectionOf(elementOf(definition.element!), options);
    }
    default:
      throw new Error(`the provider has no attribute for a contract field of type ${definition.type}`);
  }
}

const elementOf = (schema: z.ZodType): AnyAttribute => builderOf(schema, { kind: "computed" })({});
