import type { Validator } from "./options";

const UNITS: { readonly [unit: string]: number } = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ns: 1e-6,
};
const PART = /(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)/y;

/** The milliseconds of a duration as Go and Terraform write it (`1h30m`, `90s`), or undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (!part) return undefined;
    total += Number(part[1]) * UNITS[part[2]!]!;
  }
  return text === "" ? undefined : total;
}

/** A duration in the same form, of milliseconds: `1h30m`. */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = "";
  for (const unit of ["h", "m", "s"]) {
    const whole = unit === "s" ? rest / UNITS.s! : Math.floor(rest / UNITS[unit]!);
    if (whole > 0) text += `${whole}${unit}`;
    rest -= whole * UNITS[unit]!;
  }
  return text || "0s";
}

/**
 * The text is a duration of more than nothing, as Go and Terraform write it: `90s`, `10m`, `1h30m`.
 *
 * @example
 * interval: attribute.string({ optional: true, validate: [duration()] })
 */
export function duration(): Validator<string> {
  return (value) =>
    (parseDuration(value) ?? 0) > 0
      ? undefined
      : `${JSON.stringify(value)} is no duration. Give numbers above zero with the units h, m and s, such as "90s", "10m" or "1h30m".`;
}
