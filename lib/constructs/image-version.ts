/** What a name with `*` for any text matches; the whole name has to. */
export function namePattern(name: string): RegExp {
  const parts = name.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/** Numbers that say for which machine an image is, not how new it is. */
const machines =
  /(?<![a-z0-9])(?:amd64|arm64|aarch64|x86_64|x86|i[3-6]86|armhf|riscv64|ppc64le|s390x)(?![a-z0-9])/gi;

/** What comes before the release that it is named after. */
const unfinished = /(?<![a-z])(?:alpha|beta|rc|pre|preview|dev|daily|nightly)(?![a-z])/i;

/**
 * The newest of images by the numbers in their names: 24.04 is newer than 22.04, 10 than 9, 24.04 than 24.04-rc1.
 * Several, where the numbers are the same: then they differ in something else than their age.
 */
export function newestOf<I extends { readonly name?: unknown }>(images: readonly I[]): readonly I[] {
  let newest: I[] = [];
  for (const image of images) {
    const order = newest[0] === undefined ? 1 : compare(image.name as string, newest[0].name as string);
    if (order > 0) newest = [image];
    else if (order === 0) newest.push(image);
  }
  return newest;
}

function compare(one: string, other: string): number {
  const [a, b] = [versionOf(one), versionOf(other)];
  for (let i = 0; i < Math.max(a.release.length, b.release.length); i++) {
    const difference = (a.release[i] ?? -1) - (b.release[i] ?? -1);
    if (difference !== 0) return difference;
  }
  if (a.unfinished === undefined || b.unfinished === undefined) {
    return Number(a.unfinished === undefined) - Number(b.unfinished === undefined);
  }
  return a.unfinished - b.unfinished;
}

/** The numbers of a release, and of what is unfinished the number behind that word: "24.04-rc2" is [24, 4] and 2. */
function versionOf(name: string): { readonly release: number[]; readonly unfinished: number | undefined } {
  const bare = name.replace(machines, "");
  const word = unfinished.exec(bare);
  const release = numbersIn(word ? bare.slice(0, word.index) : bare);
  return { release, unfinished: word ? (numbersIn(bare.slice(word.index))[0] ?? 0) : undefined };
}

const numbersIn = (text: string): number[] => [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
