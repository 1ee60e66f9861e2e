import { UsageError } from "./failure";

const millisecondsOf = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/**
 * Reads `90m`, `12h`, `30d` or `4w` as milliseconds.
 * @throws UsageError that names the flag
 */
export function parseDuration(flag: string, text: string): number {
  const match = /^([1-9]\d{0,6})([mhdw])$/.exec(text);
  if (!match) {
    throw new UsageError(
      `${flag} is ${JSON.stringify(text)}, but it has to be a duration: a whole number and m, h, d or w, such as 90m, 12h or 30d.`,
    );
  }
  return Number(match[1]) * millisecondsOf[match[2] as keyof typeof millisecondsOf];
}

/** What `waitOf` reads, in messages. */
export const waitForm = "a whole number and s or m, 60m at most, such as 10s";

/** Reads `0s`, `10s` or `2m`, an hour at most, as milliseconds: how long something may take. Undefined for all else. */
export function waitOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,4})([sm])$/.exec(text) ?? [];
  const milliseconds = Number(count) * (unit === "m" ? 60_000 : 1_000);
  return milliseconds <= 3_600_000 ? milliseconds : undefined;
}

/** @throws UsageError that names the flag */
export function parseWait(flag: string, text: string): number {
  const milliseconds = waitOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}, but it has to be ${waitForm}.`);
}
