import { type ProviderFunction, parameterOf } from "../function";
import type { Provider } from "../provider";
import type { Fields } from "../value/type";
import type { Attribute, Attributes, Block, Blocks } from "./level";
import type { SchemaSource } from "./message";

/** The JSON of `terraform providers schema -json`. */
export interface ProvidersSchema {
  readonly format_version: "1.0";
  readonly provider_schemas: { readonly [sourceAddress: string]: Fields };
}

/**
 * What `terraform providers schema -json` prints for this provider, without Terraform. For generators of bindings and
 * of documentation.
 *
 * @param sourceAddress in full: `registry.terraform.io/hashicorp/null`
 * @example
 * writeFileSync("schema.json", JSON.stringify(providersSchema(provider, "example.com/acme/demo")));
 */
export function providersSchema(provider: Provider, sourceAddress: string): ProvidersSchema {
  const schemas = {
    provider: schemaJson({ ...provider, version: 0 }),
    resource_schemas: mapIfAny(provider.resources, schemaJson),
    data_source_schemas: mapIfAny(provider.dataSources, schemaJson),
    functions: mapIfAny(provider.functions, functionJson),
  };
  return { format_version: "1.0", provider_schemas: { [sourceAddress]: defined(schemas) } };
}

function schemaJson(source: SchemaSource): Fields {
  return { version: source.version ?? 0, block: blockJson(source) };
}

function blockJson(source: SchemaSource): Fields {
  return defined({
    attributes: mapIfAny<Attribute>(source.attributes, attributeJson),
    block_types: mapIfAny<Block>(source.blocks as Blocks | undefined, (block) =>
      defined({
        nesting_mode: block.nesting,
        block: blockJson(block),
        min_items: block.minItems || undefined,
        max_items: block.maxItems || undefined,
      }),
    ),
    description: source.description || undefined,
    description_kind: "plain",
    deprecated: source.deprecated ? true : undefined,
  });
}

function attributeJson({ type, nested, options }: Attribute): Fields {
  const attributes: Attributes = nested?.attributes ?? {};
  return defined({
    ...(nested
      ? {
          nested_type: defined({
            attributes: mapIfAny<Attribute>(attributes, attributeJson),
            nesting_mode: nested.nesting,
          }),
        }
      : { type }),
    description: options.description || undefined,
    description_kind: "plain",
    deprecated: options.deprecated ? true : undefined,
    required: options.required || undefined,
    optional: options.optional || undefined,
    computed: options.computed || undefined,
    sensitive: options.sensitive || undefined,
    write_only: options.writeOnly || undefined,
  });
}

function functionJson(declared: ProviderFunction): Fields {
  const { description, summary, deprecated, returns } = declared;
  const parameters = (given: ProviderFunction["parameters"] = {}) =>
    Object.entries(given).map(([name, one]) => parameterJson(name, one));
  const positional = parameters(declared.parameters);
  return defined({
    description: description || undefined,
    summary: summary || undefined,
    deprecation_message: deprecated || undefined,
    return_type: returns.type,
    parameters: positional.length > 0 ? positional : undefined,
    variadic_parameter: parameters(declared.rest)[0],
  });
}

function parameterJson(name: string, given: ProviderFunction["parameters"][string]): Fields {
  const { attribute, options } = parameterOf(given);
  return defined({
    name,
    description: attribute.options.description || undefined,
    is_nullable: options.allowNull || undefined,
    type: attribute.type,
  });
}

/** Terraform leaves out what is empty or false. */
function mapIfAny<T>(items: { readonly [name: string]: T } | undefined, toJson: (item: T) => Fields) {
  const entries = Object.entries(items ?? {});
  return entries.length > 0
    ? Object.fromEntries(entries.map(([name, item]) => [name, toJson(item)]))
    : undefined;
}

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
