/** Columns as wide as their widest cell, two blanks apart; nothing trails behind the last one. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  // What others wrote must not move the reader's cursor.
  const all = [header, ...rows.map((row) => row.map((cell) => cell.replace(/\p{C}/gu, "?")))];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  return `${all.map(line).join("\n")}\n`;
}
