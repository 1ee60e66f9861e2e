import type { Problem } from "./problem";

// What no schema has to say, because nothing that a platform takes is like it: checked before any schema is asked, so that a
// request costs little, whatever is in it.

/** Deeper than anything that a platform takes. */
const tooDeep = 16;
/** More than any list or map of it has. */
const tooMany = 1_000;

/** What is too deep or too large, and keys that cannot be; an empty list for nearly everything. */
export function extentProblems(value: unknown): Problem[] {
  return isSuspicious(value) ? problemsWithin(value) : [];
}

/** First it is looked whether there is anything, and only then where. */
function isSuspicious(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (depth === tooDeep) return true;
  let entries = 0;
  for (const key in value) {
    if (++entries > tooMany || key === "__proto__") return true;
    if (isSuspicious((value as Record<string, unknown>)[key], depth + 1)) return true;
  }
  return false;
}

function problemsWithin(
  value: unknown,
  path: readonly (string | number)[] = [],
  above: readonly object[] = [],
): Problem[] {
  // What holds itself came from no JSON.
  if (typeof value !== "object" || value === null || above.includes(value)) return [];
  const what = path.join(".") || "The value";
  if (above.length > tooDeep) {
    return [{ path, message: `${what} is nested more than ${tooDeep} levels deep, as nothing here is.` }];
  }
  const entries = Object.entries(value);
  if (entries.length > tooMany) {
    return [
      { path, message: `${what} has ${entries.length} entries, and nothing here has more than ${tooMany}.` },
    ];
  }
  const holders = [...above, value];
  return entries.flatMap(([key, inner]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key !== "__proto__") return problemsWithin(inner, at, holders);
    // JSON can carry a key that JavaScript objects cannot hold; it would be lost without a word.
    return [{ path: at, message: `${at.join(".")} cannot be a key: choose another name.` }];
  });
}
