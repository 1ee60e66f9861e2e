import { readFileSync } from "node:fs";

/** What a file says; empty when it is not there or belongs to another user, as files of the kernel may at any time. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The words of a file. */
export function wordsOf(file: string): string[] {
  return readIfThere(file).split(/\s+/).filter(Boolean);
}

/** Takes a step that the kernel may refuse; says whether it did not. */
export function attempt(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
