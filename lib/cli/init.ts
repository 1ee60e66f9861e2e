import { mkdirSync, readdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { UsageError } from "./failure";
import { templateFiles, writeFiles } from "./init/template";

/**
 * Writes a new project into a folder that is empty or not there yet: a stack that deploys on any platform, and its test.
 * @throws UsageError before anything is written
 */
export function init(dir: string): void {
  const folder = resolve(dir);
  guardEmpty(folder, dir);
  const files = templateFiles(folder);
  mkdirSync(folder, { recursive: true });
  writeFiles(folder, files);
  process.stdout.write(next(folder, [...files.keys()]));
}

/** A repository without a file yet is as empty as a folder. */
function guardEmpty(folder: string, given: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isDirectory()) {
    throw new UsageError(
      `${given} is a file. Name a folder that is empty, or a new one: fairlead init my-lab.`,
    );
  }
  const names = readdirSync(folder).filter((name) => name !== ".git");
  if (names.length === 0) return;
  const shown =
    names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  throw new UsageError(
    `${given === "." ? "This folder" : given} is not empty: it has ${shown}. Nothing was written. Name a folder that is empty, or a new one: fairlead init my-lab.`,
  );
}

function next(folder: string, files: readonly string[]): string {
  const path = relative(process.cwd(), folder);
  return [
    `A new project is in ${folder}: ${files.join(", ")}`,
    "Next:",
    ...(path === "" ? [] : [`  cd ${path}`]),
    "  npm install && npm test",
    "  npx fairlead platform start   # a platform on this machine, in another terminal; it prints",
    "  export FAIRLEAD_ENDPOINT=... FAIRLEAD_TOKEN_FILE=...",
    "  npx cdktf deploy              # and its output is a page to open",
    "Then change lab.ts; npx cdktf diff shows what that does, and npx cdktf destroy takes everything away.",
    "",
  ].join("\n");
}
