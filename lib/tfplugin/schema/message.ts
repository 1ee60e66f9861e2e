import type { Message } from "../wire/messages";
import type { Attribute, Block, Level, Nesting } from "./level";

const NESTING = { single: 1, list: 2, set: 3, map: 4, group: 5 } as const satisfies Record<Nesting, number>;

/** What a schema has besides its level: resources, data sources and providers share it. */
export interface SchemaSource extends Level {
  readonly description?: string;
  readonly deprecated?: boolean | string;
  readonly version?: number;
}

/** A schema on the wire. */
export function schemaToMessage(source: SchemaSource): Message<"Schema"> {
  return { version: source.version ?? 0, block: blockToMessage(source) };
}

function blockToMessage(source: SchemaSource): Message<"Block"> {
  return {
    attributes: Object.entries(source.attributes).map(([name, attribute]) =>
      attributeToMessage(name, attribute),
    ),
    blockTypes: Object.entries(source.blocks ?? {}).map(([name, block]) => nestedBlockToMessage(name, block)),
    description: source.description,
    ...deprecation(source.deprecated),
  };
}

/** The text is for newer cores, which show it where something refers to the value. Validation shows it where it is set. */
function deprecation(deprecated: boolean | string | undefined) {
  if (!deprecated) return {};
  return { deprecated: true, deprecationMessage: typeof deprecated === "string" ? deprecated : undefined };
}

/** A nested attribute has its attributes in place of a type. */
function attributeToMessage(name: string, { type, nested, options }: Attribute): Message<"Attribute"> {
  const shape: Message<"Attribute"> = nested
    ? { nestedType: { attributes: blockToMessage(nested).attributes, nesting: NESTING[nested.nesting] } }
    : { type: Buffer.from(JSON.stringify(type)) };
  return {
    name,
    ...shape,
    description: options.description,
    required: options.required,
    optional: options.optional,
    computed: options.computed,
    sensitive: options.sensitive,
    ...deprecation(options.deprecated),
    writeOnly: options.writeOnly,
  };
}

function nestedBlockToMessage(typeName: string, block: Block): Message<"NestedBlock"> {
  return {
    typeName,
    block: blockToMessage(block),
    nesting: NESTING[block.nesting],
    minItems: block.minItems,
    maxItems: block.maxItems,
  };
}
