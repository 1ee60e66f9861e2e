import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandLine } from "./environment";

/** Why the command of an image cannot be run, for whoever wrote the image. */
export function programError(cause: NodeJS.ErrnoException, image: string, line: CommandLine): Error {
  const command = `the command "${line.program}" of image "${image}"`;
  if (cause.code === "ENOENT") {
    const where = line.program.includes("/") ? "" : ` on PATH (${line.env.PATH ?? "which is not set"})`;
    return new Error(`${command} was not found${where}; install it, or correct the image`);
  }
  if (cause.code === "EACCES") return new Error(`${command} may not be executed; check its permissions`);
  return new Error(`${command} cannot be run: ${cause.message}`);
}

/** Throws what starting the command in a folder would, so that a shell in between does not hide it. */
export function guardProgram(image: string, line: CommandLine, folder: string): void {
  const { program, env } = line;
  const places = program.includes("/")
    ? [program]
    : env.PATH?.split(":").map((place) => `${place}/${program}`);
  let problem: NodeJS.ErrnoException | undefined;
  for (const place of places ?? []) {
    const file = resolve(folder, place);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return;
      problem = Object.assign(new Error(`${file} is no file`), { code: "EACCES" });
    } catch (error) {
      // As with `execvp`, a file that may not be executed is the better answer.
      if (problem?.code !== "EACCES") problem = error as NodeJS.ErrnoException;
    }
  }
  if (problem) throw programError(problem, image, line);
}
