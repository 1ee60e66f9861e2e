import type { Type } from "../value/type";
import type { Attribute, Level } from "./level";

const NAME = /^[a-z_][a-z0-9_]*$/;
const META_ARGUMENTS = new Set([
  "count",
  "for_each",
  "depends_on",
  "lifecycle",
  "provider",
  "provisioner",
  "connection",
]);

/**
 * Refuses a schema that Terraform would refuse later, with the attribute's name. Throws: a mistake in a schema is a
 * mistake in the program, and is found by its first test.
 */
export function checkSchema(what: string, level: Level, prefix = ""): void {
  for (const [name, attribute] of Object.entries(level.attributes)) {
    checkName(what, prefix, name);
    for (const problem of attributeProblems(attribute))
      throw new Error(`${what}: ${prefix}${name} ${problem}`);
    if (attribute.nested?.nesting === "set") checkSet(what, `${prefix}${name}`, attribute.nested);
    if (attribute.nested) checkSchema(what, attribute.nested, `${prefix}${name}.`);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    checkName(what, prefix, name);
    if (level.attributes[name])
      throw new Error(`${what}: ${prefix}${name} is both an attribute and a block.`);
    if (block.nesting !== "single" && block.nesting !== "group" && hasDynamic(block)) {
      throw new Error(`${what}: ${prefix}${name} repeats, so it may not hold attributes of type dynamic.`);
    }
    if (block.nesting === "set") checkSet(what, `${prefix}${name}`, block);
    checkSchema(what, block, `${prefix}${name}.`);
  }
}

function checkSet(what: string, name: string, level: Level): void {
  if (hasWriteOnly(level))
    throw new Error(
      `${what}: ${name} is a set, so it may not hold write-only attributes. Use a list or a map.`,
    );
}

function hasWriteOnly(level: Level): boolean {
  return (
    Object.values(level.attributes).some(
      ({ options, nested }) => options.writeOnly || (nested !== undefined && hasWriteOnly(nested)),
    ) || Object.values(level.blocks ?? {}).some(hasWriteOnly)
  );
}

function checkName(what: string, prefix: string, name: string): void {
  if (!NAME.test(name)) {
    throw new Error(
      `${what}: ${prefix}${name} is no valid name; use lower-case letters, digits and underscores.`,
    );
  }
  // `constructor` and `__proto__`: every object has them, so a missing value could not be told from a set one.
  if (name in {}) throw new Error(`${what}: ${prefix}${name} is a name that JavaScript keeps for itself.`);
  if (prefix === "" && META_ARGUMENTS.has(name)) {
    throw new Error(`${what}: ${name} is a name that Terraform keeps for itself.`);
  }
}

function* attributeProblems({ type, options, nested }: Attribute): Generator<string> {
  const { required, optional, computed, writeOnly, stable } = options;
  if (required && (optional || computed)) yield "is required, so it is neither optional nor computed.";
  if (!required && !optional && !computed) yield "must be required, optional or computed.";
  if (writeOnly && computed) yield "is write-only, so it cannot be computed and has no default.";
  if (stable && !computed) yield "is stable, which only a computed attribute can be.";
  if (nested ? nested.nesting !== "single" && hasDynamic(nested) : dynamicInCollection(type)) {
    yield "has the type dynamic inside of a list, set or map.";
  }
}

function hasDynamic(level: Level): boolean {
  return (
    Object.values(level.attributes).some(({ type }) => isDynamic(type)) ||
    Object.values(level.blocks ?? {}).some(hasDynamic)
  );
}

function isDynamic(type: Type): boolean {
  if (typeof type === "string") return type === "dynamic";
  return Object.values(type[0] === "object" || type[0] === "tuple" ? type[1] : [type[1]]).some(isDynamic);
}

function dynamicInCollection(type: Type): boolean {
  if (typeof type === "string") return false;
  if (type[0] === "object" || type[0] === "tuple") return Object.values(type[1]).some(dynamicInCollection);
  return isDynamic(type[1]);
}
