/** Something that has to be closed. */
interface Closable {
  close(): Promise<void>;
}

// Of the process, so that it is found again when a test has its modules loaded anew.
const place = Symbol.for("fairlead/test-platforms");
const holder = globalThis as { [place]?: Set<Closable> };

/** Platforms of this test file that run. */
export function openPlatforms(): Set<Closable> {
  holder[place] ??= new Set();
  return holder[place];
}

/** Closes every platform that runs; `fairlead/testing/jest` does it behind the last test of a file. */
export async function closePlatforms(): Promise<void> {
  await Promise.all([...openPlatforms()].map((platform) => platform.close()));
}
