import { type Dynamic, isUnknown, type Type } from "../../../lib/tfplugin";
import type { Level } from "../../../lib/tfplugin/schema/level";
import { canon, canonElements, canonType } from "./canon";
import { blockType } from "./plan-valid";

type Fields = { readonly [name: string]: unknown };

/**
 * Where a result, or a later plan, breaks what a plan has promised: `objchange.AssertObjectCompatible` of Terraform 1.11.
 */
export function incompatibilities(
  level: Level,
  planned: Fields | null,
  actual: Fields | null,
  path = "",
): string[] {
  if (planned === null) return actual === null ? [] : [`${path}: was absent, but now present`];
  if (actual === null) return [`${path}: was present, but now absent`];
  const attributes = Object.entries(level.attributes).flatMap(([name, { type }]) =>
    valueProblems(planned[name], actual[name], type, `${path}.${name}`),
  );
  const blocks = Object.entries(level.blocks ?? {}).flatMap(([name, block]) => {
    const [before, after] = [planned[name] ?? null, actual[name] ?? null];
    const at = `${path}.${name}`;
    if (block.nesting === "single" || block.nesting === "group") {
      if (isUnknown(before)) return [];
      return incompatibilities(block, before as Fields, after as Fields, at);
    }
    if (isUnknown(before) || isUnknown(after) || before === null || after === null) return [];
    if (block.nesting === "set") {
      return setProblems(
        before as unknown[],
        after as unknown[],
        blockType(block)[1] as Type,
        at,
        (one, other) => incompatibilities(block, one as Fields, other as Fields, at),
      );
    }
    const [wanted, found] = [Object.entries(before), new Map(Object.entries(after))];
    if (wanted.length !== found.size) return [`${at}: block count changed`];
    return wanted.flatMap(([key, element]) =>
      found.has(key) ? incompatibilities(block, element, found.get(key) as Fields, `${at}[${key}]`) : [],
    );
  });
  return [...attributes, ...blocks];
}

function valueProblems(planned: unknown, actual: unknown, type: Type, path: string): string[] {
  if (type === "dynamic") return dynamicProblems(planned ?? null, actual ?? null, path);
  if (isUnknown(planned)) return [];
  const [before, after] = [canon(planned, type), canon(actual, type)];
  if (before === after) return [];
  const problem = [`${path}: was ${before}, but now ${after}`];
  if (before === "~" || after === "~" || after === "?" || typeof type === "string") return problem;
  switch (type[0]) {
    case "set":
      return setProblems(planned as unknown[], actual as unknown[], type[1], path, (one, other) =>
        valueProblems(one, other, type[1], path),
      );
    case "object":
      return Object.entries(type[1]).flatMap(([name, inner]) =>
        valueProblems((planned as Fields)[name], (actual as Fields)[name], inner, `${path}.${name}`),
      );
    default: {
      const [wanted, found] = [Object.entries(planned as object), new Map(Object.entries(actual as object))];
      if (wanted.length !== found.size) return [`${path}: elements have vanished or appeared`];
      return wanted.flatMap(([key, element]) => {
        if (!found.has(key)) return [`${path}: element ${key} has vanished`];
        const inner = type[0] === "tuple" ? type[1][Number(key)]! : type[1];
        return valueProblems(element, found.get(key), inner as Type, `${path}[${key}]`);
      });
    }
  }
}

/** Unknown, or null, of unknown type: anything goes. */
function dynamicProblems(planned: unknown, actual: unknown, path: string): string[] {
  if (planned === null || isUnknown(planned)) return [];
  if (actual === null || isUnknown(actual)) return [`${path}: wrong final value type`];
  const [before, after] = [planned as Dynamic, actual as Dynamic];
  if (canonType(before.type) !== canonType(after.type)) return [`${path}: wrong final value type`];
  return valueProblems(before.value, after.value, before.type, path);
}

function setProblems(
  planned: readonly unknown[],
  actual: readonly unknown[],
  type: Type,
  path: string,
  problems: (planned: unknown, actual: unknown) => string[],
): string[] {
  const fits = (one: unknown, other: unknown) => problems(one, other).length === 0;
  if (!planned.every((one) => actual.some((other) => fits(one, other))))
    return [`${path}: a planned element does not correlate with any actual one`];
  if (!actual.every((other) => planned.some((one) => fits(one, other))))
    return [`${path}: an actual element does not correlate with any planned one`];
  const grown = canonElements(actual, type).length > canonElements(planned, type).length;
  return grown ? [`${path}: the set has grown`] : [];
}
