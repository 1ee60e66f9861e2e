import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type CleanUp = () => Promise<void> | void;

const pending: CleanUp[] = [];

/** Has something done when the test is over, whether it passed or not. */
export function onCleanUp(cleanUp: CleanUp): void {
  pending.push(cleanUp);
}

/**
 * Undoes what the test began, the latest first; for `afterEach` or `afterAll`. One failure does not keep the
 * rest from being done.
 */
export async function cleanUp(): Promise<void> {
  const failures: unknown[] = [];
  for (const step of pending.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** A temporary folder that goes with the test. */
export function freshFolder(prefix = "fairlead-e2e-"): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), prefix)));
  onCleanUp(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}
