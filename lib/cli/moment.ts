const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
] as const;

/** A span of time in its largest unit: `3 d`, `12 h`, `5 min`, `8 s`. */
export function spanOfTime(milliseconds: number): string {
  const [unit, length] = units.find(([, one]) => milliseconds >= one) ?? units.at(-1)!;
  return `${Math.floor(milliseconds / length)} ${unit}`;
}

/** A moment as seen from now: `3 d ago`, `in 12 h`, `now`. */
export function fromNow(moment: string, now: number): string {
  const ahead = Date.parse(moment) - now;
  if (Math.abs(ahead) < 1000) return "now";
  return ahead > 0 ? `in ${spanOfTime(ahead)}` : `${spanOfTime(-ahead)} ago`;
}
