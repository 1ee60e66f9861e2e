import type { Diagnostics } from "../diagnostics";
import { type Fields, isFields, type Type } from "../value/type";
import { hasUnknown, isUnknown } from "../value/unknown";
import { type Attribute, type Level, type NestedLevel, typeOfLevel } from "./level";
import { pathText } from "./path";

type Steps = readonly (string | number)[];

/** Where messages of one validation go, and the type that names their paths. */
interface Report {
  readonly diagnostics: Diagnostics;
  readonly root: Type;
}

/** Runs the validators of every attribute that is known and set, at every depth. */
export function validateObject(level: Level, config: Fields, diagnostics: Diagnostics): void {
  validateLevel(level, config, [], { diagnostics, root: typeOfLevel(level) });
}

function validateLevel(level: Level, config: Fields, path: Steps, report: Report): void {
  for (const name in level.attributes) {
    const attribute = level.attributes[name]!;
    const value = config[name] ?? null;
    if (value !== null && isChecked(attribute)) validateAttribute(attribute, value, [...path, name], report);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    validateNested(block, config[name], [...path, name], report);
  }
}

/** Most attributes have nothing to check, and every plan validates twice: no path is made for those. */
function isChecked({ type, options, nested, element }: Attribute): boolean {
  const { validate, deprecated } = options;
  return (validate ?? deprecated ?? nested ?? element) !== undefined || type === "number";
}

function validateNested(level: NestedLevel, value: unknown, path: Steps, report: Report): void {
  if (level.nesting === "single" || level.nesting === "group") {
    if (isFields(value)) validateLevel(level, value, path, report);
    return;
  }
  for (const [step, item] of elements(value)) {
    if (isFields(item)) validateLevel(level, item, [...path, step], report);
  }
}

function validateAttribute(attribute: Attribute, value: unknown, path: Steps, report: Report): void {
  if (value === null || isUnknown(value)) return;
  warnOfDeprecation(attribute, path, report);
  if (attribute.nested) validateNested(attribute.nested, value, path, report);
  if (attribute.element) {
    for (const [step, item] of elements(value))
      validateAttribute(attribute.element, item, [...path, step], report);
  }
  // A validator is written for whole values; it would stumble over an unknown element.
  if (hasUnknown(value)) return;
  if (attribute.type === "number" && typeof value !== "number" && !attribute.anyPrecision) {
    const detail = "The number has more digits than a 64-bit floating point number holds. Round it.";
    report.diagnostics.error(`Invalid value for ${pathText(path, report.root)}`, detail, path);
    return;
  }
  const { validate = [], sensitive, writeOnly } = attribute.options;
  for (const check of validate) {
    const problem = check(value as never, { path, diagnostics: report.diagnostics });
    if (problem === undefined) continue;
    const shown = sensitive || writeOnly ? hide(problem, value) : problem;
    report.diagnostics.error(`Invalid value for ${pathText(path, report.root)}`, shown, path);
  }
}

function warnOfDeprecation({ options }: Attribute, path: Steps, { diagnostics, root }: Report): void {
  if (typeof options.deprecated !== "string") return;
  diagnostics.warning(`${pathText(path, root)} is deprecated`, options.deprecated, path);
}

function elements(value: unknown): Iterable<readonly [string | number, unknown]> {
  if (Array.isArray(value)) return value.entries();
  return isFields(value) ? Object.entries(value) : [];
}

/** A message that quotes a secret must not reach the screen. */
function hide(message: string, secret: unknown): string {
  const bare = String(secret);
  const hidden = message.replaceAll(JSON.stringify(secret), "The sensitive value");
  return bare === "" ? hidden : hidden.replaceAll(bare, "(sensitive)");
}
