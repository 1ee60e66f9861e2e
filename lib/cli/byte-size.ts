const units = ["kB", "MB", "GB", "TB", "PB"] as const;

/** A number of bytes for people: `0 B`, `999 B`, `1.2 kB`, `37 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let size = bytes;
  let unit = -1;
  // What would be rounded up to 1000 is 1 of the next unit.
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size < 9.95 ? size.toFixed(1) : size.toFixed(0)} ${units[unit]}`;
}
