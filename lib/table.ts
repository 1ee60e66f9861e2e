/** Where a table is shown. */
export interface TableSpace {
  /** Columns of the terminal; undefined where lines may be of any length, as in a file. */
  readonly width?: number | undefined;
  /** The column that is shortened where a line would be too long. */
  readonly elastic?: string;
  /** Columns of numbers, which stand to the right. */
  readonly numbers?: readonly string[];
}

const gap = "  ";
const leastElastic = 12;

/** Columns as wide as their widest cell, two blanks apart; nothing trails behind the last one. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { width, elastic, numbers = [] }: TableSpace = {},
): string {
  const all = [header, ...rows.map((row) => row.map(printable))];
  const widths = header.map((_, column) =>
    all.reduce((widest, row) => Math.max(widest, displayWidth(row[column]!)), 0),
  );
  const stretch = elastic === undefined ? -1 : header.indexOf(elastic);
  if (width !== undefined && stretch >= 0) {
    const total = widths.reduce((sum, cell) => sum + cell + gap.length, -gap.length);
    const least = Math.min(widths[stretch]!, leastElastic);
    widths[stretch] = Math.max(least, widths[stretch]! - Math.max(0, total - width));
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => padded(cell, widths[column]!, numbers.includes(header[column]!)))
      .join(gap)
      .trimEnd();
  return `${all.map(line).join("\n")}\n`;
}

/** A text within a line: what others wrote must not move the reader's cursor, nor begin a line that looks like ours. */
export const printable = (text: string): string => text.replace(/\p{C}/gu, "?");

/** A text of several lines. */
export const printableLines = (text: string): string => text.replace(/[^\P{C}\n]/gu, "?");

function padded(cell: string, width: number, right: boolean): string {
  const missing = width - displayWidth(cell);
  if (missing < 0) return shortened(cell, width);
  return right ? " ".repeat(missing) + cell : cell + " ".repeat(missing);
}

/** As much of a text as fits, and a sign that there is more. */
function shortened(text: string, width: number): string {
  let kept = "";
  let used = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += displayWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…${" ".repeat(width - 1 - displayWidth(kept))}`;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns that a terminal needs for a text: Chinese, Japanese and Korean characters take two. */
export function displayWidth(text: string): number {
  // Most cells are ASCII.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  return Array.from(text.normalize("NFC")).reduce(
    (sum, character) => sum + (/\p{M}/u.test(character) ? 0 : wide.test(character) ? 2 : 1),
    0,
  );
}
