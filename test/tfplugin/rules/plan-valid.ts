import { isUnknown } from "../../../lib/tfplugin";
import {
  type Attribute,
  type Level,
  type NestedLevel,
  typeOfLevel,
} from "../../../lib/tfplugin/schema/level";
import { canon, canonElements } from "./canon";

type Fields = { readonly [name: string]: unknown };

/**
 * What is wrong with a plan: `objchange.AssertPlanValid` of Terraform 1.11, rule by rule.
 * A plan may be of its own mind only where the configuration is null and the attribute computed, or where it repeats
 * the prior value.
 */
export function planProblems(
  level: Level,
  prior: Fields | null,
  config: Fields | null,
  planned: Fields | null,
  path = "",
): string[] {
  if (planned === null)
    return config === null ? [] : [`${path}: planned for absence but config wants existence`];
  if (config === null) return [`${path}: planned for existence but config wants absence`];
  const problems = attributesProblems(level, prior, config, planned, path);
  for (const [name, block] of Object.entries(level.blocks ?? {})) {
    const views = [prior?.[name] ?? null, config[name] ?? null, planned[name] ?? null] as const;
    problems.push(...blockProblems(block, ...views, `${path}.${name}`));
  }
  return problems;
}

function blockProblems(
  block: NestedLevel,
  prior: unknown,
  config: unknown,
  planned: unknown,
  path: string,
): string[] {
  const type = blockType(block);
  if (canon(planned, type) === canon(config, type)) return [];
  if (isUnknown(config)) return [`${path}: planned value for unknown dynamic block`];
  if (isUnknown(planned)) return [`${path}: a nested block must not be unknown itself`];
  if (block.nesting === "single" || block.nesting === "group") {
    return planProblems(block, prior as Fields, config as Fields, planned as Fields, path);
  }
  if (planned === null) return [`${path}: must be empty to indicate no blocks, not null`];
  if (block.nesting === "set") {
    return (planned as unknown[]).some(isUnknown) ? [`${path}: an element must not be unknown itself`] : [];
  }
  const [before, written, then] = [entriesOf(prior), entriesOf(config), entriesOf(planned)];
  if (then.size !== written.size) return [`${path}: block count ${then.size} disagrees with ${written.size}`];
  return [...then].flatMap(([key, element]) => {
    const at = `${path}[${key}]`;
    if (isUnknown(element)) return [`${at}: an element must not be unknown itself`];
    if (!written.has(key)) return [`${at}: not present in config`];
    return planProblems(
      block,
      (before.get(key) ?? null) as Fields,
      written.get(key) as Fields,
      element as Fields,
      at,
    );
  });
}

function attributesProblems(
  level: Level,
  prior: Fields | null,
  config: Fields | null,
  planned: Fields | null,
  path: string,
): string[] {
  return Object.entries(level.attributes).flatMap(([name, attribute]) =>
    attributeProblems(
      attribute,
      prior?.[name] ?? null,
      config?.[name] ?? null,
      planned?.[name] ?? null,
      `${path}.${name}`,
    ),
  );
}

function attributeProblems(
  { type, nested, options }: Attribute,
  prior: unknown,
  config: unknown,
  planned: unknown,
  path: string,
): string[] {
  const text = canon(planned, type);
  if (text === canon(config, type)) return [];
  if (text === canon(prior, type) && prior !== null && config !== null) return [];
  if (options.writeOnly) return planned === null ? [] : [`${path}: write-only attribute is not null`];
  const optional = options.optional || options.default !== undefined;
  if (options.computed && !optional) return [];
  if (config === null && options.computed) return [];
  if (config === null)
    return planned === null ? [] : [`${path}: planned ${text} for a non-computed attribute`];
  if (nested) return objectProblems(nested, prior, config, planned, path);
  return [`${path}: planned ${text} matches neither config ${canon(config, type)} nor prior`];
}

function objectProblems(
  nested: NestedLevel,
  prior: unknown,
  config: unknown,
  planned: unknown,
  path: string,
): string[] {
  if (planned === null) return [`${path}: planned for absence but config wants existence`];
  if (isUnknown(planned)) return [`${path}: planned unknown for configured value`];
  if (nested.nesting === "single") {
    return attributesProblems(
      nested,
      prior as Fields,
      (isUnknown(config) ? null : config) as Fields,
      planned as Fields,
      path,
    );
  }
  if (isUnknown(config)) return [`${path}: count in plan disagrees with count in config`];
  if (nested.nesting === "set") {
    const type = typeOfLevel(nested);
    const counts = [planned, config].map((value) => canonElements(value as unknown[], type).length);
    const inexact = canon(planned, ["set", type]).includes("?");
    return inexact || counts[0] === counts[1]
      ? []
      : [`${path}: count ${counts[0]} disagrees with ${counts[1]}`];
  }
  const [before, written, then] = [entriesOf(prior), entriesOf(config), entriesOf(planned)];
  if (then.size !== written.size) return [`${path}: count ${then.size} disagrees with ${written.size}`];
  return [...then].flatMap(([key, element]) => {
    const at = `${path}[${key}]`;
    if (!written.has(key)) return [`${at}: not present in config`];
    const views = [before.get(key) ?? null, written.get(key), element].map((view) =>
      isUnknown(view) ? null : view,
    );
    return attributesProblems(nested, ...(views as [Fields, Fields, Fields]), at);
  });
}

function entriesOf(value: unknown): Map<string, unknown> {
  if (Array.isArray(value)) return new Map(value.map((item, index) => [String(index), item]));
  return new Map(Object.entries((value ?? {}) as object));
}

/** The type of a block as a value. */
export function blockType(block: NestedLevel) {
  const object = typeOfLevel(block);
  return block.nesting === "single" || block.nesting === "group"
    ? object
    : ([block.nesting, object] as const);
}
