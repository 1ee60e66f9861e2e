import { type Fields, type Type, UNKNOWN } from "../../../lib/tfplugin";
import { type Level, typeOfLevel } from "../../../lib/tfplugin/schema/level";
import type { Random } from "./random";
import { stateOf } from "./random-value";

/** Something else than what was made: other values, unknown ones, or such of a wrong type. */
export function lie(random: Random, level: Level, object: Fields): Fields {
  const lied: Record<string, unknown> = { ...object };
  const other = stateOf(random, level);
  for (const [name, type] of Object.entries(typeOfLevel(level)[1])) {
    if (!random.chance(20)) continue;
    if (random.chance(60)) lied[name] = tweaked(random, object[name], type, other[name]);
    else lied[name] = random.pick<unknown>([other[name], null, UNKNOWN, { wrong: "type" }, 5n]);
  }
  return lied;
}

/** Nearly the same: an element more or less, or another value somewhere inside. */
function tweaked(random: Random, value: unknown, type: Type, other: unknown): unknown {
  if (value === null || typeof type === "string") return other;
  if (Array.isArray(value)) {
    if (type[0] !== "tuple" && random.chance(40)) return value.slice(1);
    if (type[0] !== "tuple" && Array.isArray(other) && random.chance(50)) return [...value, ...other];
    const inner = (index: number) => (type[0] === "tuple" ? type[1][index]! : (type[1] as Type));
    const at = random.below(Math.max(value.length, 1));
    return value.map((item, index) => (index === at ? tweaked(random, item, inner(index), UNKNOWN) : item));
  }
  const fields = value as Fields;
  const keys = Object.keys(fields);
  if (type[0] === "map" && random.chance(50)) return { ...fields, extra: fields[keys[0] ?? ""] ?? null };
  if (keys.length === 0) return other;
  const key = random.pick(keys);
  const inner = type[0] === "object" ? type[1][key]! : (type[1] as Type);
  return { ...fields, [key]: tweaked(random, fields[key], inner, (other as Fields | null)?.[key] ?? null) };
}
