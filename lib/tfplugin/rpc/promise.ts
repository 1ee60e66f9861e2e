import type { Diagnostics } from "../diagnostics";
import { type Contradiction, contradictions } from "../plan/result";
import { conform } from "../schema/conform";
import { isSensitive, type Level, typeOfLevel } from "../schema/level";
import { pathText } from "../schema/path";
import type { Fields, ObjectType } from "../value/type";
import { hasUnknown, isUnknown, UNKNOWN } from "../value/unknown";
import { withoutUnknowns } from "./object";

/**
 * Compares a result with what was promised, and names the attributes that differ. Terraform would do so as well, but
 * in Go's notation and as "a bug in the provider". A read promises nothing but known values: null.
 * Returns the result without unknowns.
 */
export function holdPromise(
  level: Level,
  promised: Fields | null,
  actual: Fields,
  diagnostics: Diagnostics,
): Fields {
  const isKnown = !hasUnknown(actual);
  if (promised === null && isKnown) return actual;
  const type = typeOfLevel(level);
  const result = conform(level, actual);
  // After an error a result is expected to be incomplete.
  const broken = diagnostics.hasErrors ? [] : contradictions(promised ?? anything(type), result, type);
  for (const contradiction of broken) {
    const name = pathText(contradiction.path, type);
    if (hasUnknown(contradiction.actual)) {
      diagnostics.error(
        `The provider left ${name} unknown`,
        `${EVERYTHING_KNOWN} ${REPORT}`,
        contradiction.path,
      );
    } else {
      const detail = `${texts(level, contradiction)} ${REPORT}`;
      diagnostics.error(`The result contradicts the plan for ${name}`, detail, contradiction.path);
    }
  }
  return isKnown ? result : (withoutUnknowns(result) as Fields);
}

/** The promise that any known value keeps. */
function anything(type: ObjectType): Fields {
  return Object.fromEntries(Object.keys(type[1]).map((name) => [name, UNKNOWN]));
}

const EVERYTHING_KNOWN = "After apply and read every value must be known; null says that there is none.";
const REPORT =
  "Something may have changed the object in the meantime: plan again. " +
  "If it happens every time, it is a mistake in the provider; report it to its authors.";

function texts(level: Level, { path, planned, actual }: Contradiction): string {
  if (isSensitive(level, path)) return "The values are sensitive and not shown.";
  return `Planned was ${text(planned)}, and the provider returned ${text(actual)}.`;
}

function text(value: unknown): string {
  if (isUnknown(value)) return String(value);
  const json =
    JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? String(item) : item)) ??
    "null";
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
}
