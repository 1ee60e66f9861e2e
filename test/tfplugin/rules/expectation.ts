import { isUnknown } from "../../../lib/tfplugin";
import { type Level, type NestedLevel, typeOfLevel } from "../../../lib/tfplugin/schema/level";
import { canon } from "./canon";
import { blockType } from "./plan-valid";
import { proposedNew } from "./proposed-new";

type Fields = { readonly [name: string]: unknown };

/**
 * Where a plan is not what this framework promises, on top of what Terraform demands: it is Terraform's proposal with
 * the defaults filled in; values that the provider computes are unknown only if anything changes, and not if they are
 * stable and the object stays. What `modifyPlan` sets (`presets`) is planned as it says.
 */
export function surprises(
  level: Level,
  prior: Fields | null,
  config: Fields,
  planned: Fields,
  { replaced, presets }: { readonly replaced: boolean; readonly presets: Fields },
): string[] {
  const type = typeOfLevel(level);
  const expected = { ...withDefaults(level, proposedNew(level, prior, config), config), ...presets };
  const same = prior !== null && canon(planned, type) === canon(prior, type);
  if (!same && prior !== null && canon(withoutWriteOnly(level, expected), type) === canon(prior, type))
    return [`nothing changes, but ${canon(planned, type)} is planned for ${canon(prior, type)}`];
  const attributes = Object.entries(level.attributes).filter(([name]) => !Object.hasOwn(presets, name));
  const others = { ...level, attributes: Object.fromEntries(attributes) };
  return [
    ...Object.keys(presets).filter((name) => {
      // One that is as it was cannot be told from one that was left alone.
      const leftAlone = prior !== null && isUnknown(planned[name]) && sameIn(level, name, prior, presets);
      return !leftAlone && !sameIn(level, name, planned, presets);
    }),
    ...differences(others, prior, config, planned, { replaced, same }, ""),
  ];
}

function sameIn(level: Level, name: string, one: Fields, other: Fields): boolean {
  const { type } = level.attributes[name]!;
  return canon(one[name], type) === canon(other[name], type);
}

interface Change {
  readonly replaced: boolean;
  readonly same: boolean;
}

function differences(
  level: Level,
  prior: Fields | null,
  config: Fields,
  planned: Fields,
  change: Change,
  path: string,
): string[] {
  const expected = withDefaults(level, proposedNew(level, prior, config), config);
  const attributes = Object.entries(level.attributes).flatMap(([name, { type, options, nested }]) => {
    const at = `${path}.${name}`;
    const [wanted, written, found] = [expected[name] ?? null, config[name] ?? null, planned[name] ?? null];
    if (options.writeOnly) return found === null ? [] : [`${at}: a write-only value is planned`];
    const left = options.computed && written === null && options.default === undefined;
    if (left && isUnknown(found)) {
      const keeps = options.stable && !change.replaced && wanted !== null;
      return keeps ? [`${at}: a stable value is planned as unknown`] : [];
    }
    if (left && !change.same && (!options.stable || change.replaced || wanted === null))
      return [`${at}: what is computed is planned as known, although the object changes`];
    if (nested && written !== null && !isUnknown(written)) {
      return elementsDiffer(nested, prior?.[name] ?? null, written, found, change, at);
    }
    const [one, other] = [canon(wanted, type), canon(found, type)];
    return one === other ? [] : [`${at}: planned is ${other}, not ${one}`];
  });
  const blocks = Object.entries(level.blocks ?? {}).flatMap(([name, block]) => {
    const at = `${path}.${name}`;
    const written = config[name] ?? null;
    if (isUnknown(written) || written === null) {
      const same = canon(planned[name], blockType(block)) === canon(written, blockType(block));
      return same ? [] : [`${at}: the block is not planned as written`];
    }
    return elementsDiffer(block, prior?.[name] ?? null, written, planned[name], change, at);
  });
  return [...attributes, ...blocks];
}

function elementsDiffer(
  level: NestedLevel,
  prior: unknown,
  config: unknown,
  planned: unknown,
  change: Change,
  path: string,
): string[] {
  if (planned === null || isUnknown(planned)) return [`${path}: planned is ${planned}`];
  const differ = (before: unknown, written: unknown, found: unknown, at: string) => {
    if (isUnknown(written) || written === null) return isUnknown(found) === isUnknown(written) ? [] : [at];
    return differences(level, (before ?? null) as Fields, written as Fields, found as Fields, change, at);
  };
  if (level.nesting === "single" || level.nesting === "group") return differ(prior, config, planned, path);
  const [written, found] = [Object.entries(config as object), Object.entries(planned as object)];
  if (found.length !== written.length) return [`${path}: another number of elements is planned`];
  if (level.nesting === "set") {
    // Which prior element a configured one continues may be chosen in several ways.
    const priors = [null, ...((prior ?? []) as unknown[])];
    const lost = written.filter(([, one]) =>
      found.every(([, other]) => priors.every((before) => differ(before, one, other, path).length > 0)),
    );
    return lost.length > 0 ? [`${path}: elements are planned otherwise`] : [];
  }
  return written.flatMap(([key, one]) =>
    differ((prior as Fields | null)?.[key], one, (planned as Fields)[key], `${path}[${key}]`),
  );
}

function withDefaults(level: Level, proposed: Fields, config: Fields): Fields {
  const result: Record<string, unknown> = { ...proposed };
  for (const [name, { options, nested }] of Object.entries(level.attributes)) {
    const written = config[name] ?? null;
    if (written === null && options.default !== undefined) result[name] = options.default;
    else if (nested && written !== null) result[name] = eachWithDefaults(nested, proposed[name], written);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {}))
    result[name] = eachWithDefaults(block, proposed[name], config[name] ?? null);
  return result;
}

function eachWithDefaults(level: NestedLevel, proposed: unknown, config: unknown): unknown {
  if (isUnknown(config) || config === null || proposed === null) return proposed;
  const each = (item: unknown, written: unknown) =>
    isUnknown(written) || written === null ? item : withDefaults(level, item as Fields, written as Fields);
  if (Array.isArray(proposed)) return proposed.map((item, index) => each(item, (config as unknown[])[index]));
  if (level.nesting !== "map") return each(proposed, config);
  return Object.fromEntries(
    Object.entries(proposed as Fields).map(([key, item]) => [key, each(item, (config as Fields)[key])]),
  );
}

/** Write-only values are in no plan, and so are no change. */
export function withoutWriteOnly(level: Level, value: Fields): Fields {
  const result: Record<string, unknown> = { ...value };
  for (const [name, { options, nested }] of Object.entries(level.attributes)) {
    if (options.writeOnly) result[name] = null;
    else if (nested) result[name] = eachWithoutWriteOnly(nested, value[name] ?? null);
  }
  for (const [name, block] of Object.entries(level.blocks ?? {}))
    result[name] = eachWithoutWriteOnly(block, value[name] ?? null);
  return result;
}

function eachWithoutWriteOnly(level: NestedLevel, value: unknown): unknown {
  if (value === null || isUnknown(value)) return value;
  const each = (item: unknown) =>
    item === null || isUnknown(item) ? item : withoutWriteOnly(level, item as Fields);
  if (Array.isArray(value)) return value.map(each);
  if (level.nesting !== "map") return each(value);
  return Object.fromEntries(Object.entries(value as Fields).map(([key, item]) => [key, each(item)]));
}
