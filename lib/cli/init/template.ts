import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageFile } from "../../constructs/package-file";
import { projectManifest } from "./project-manifest";

/** What npm would leave out of a package, or take for its own, has another name in the template. */
const names: Readonly<Record<string, string>> = { gitignore: ".gitignore" };

/** The files of a new project in a folder, by name. */
export function templateFiles(folder: string): Map<string, string> {
  const template = packageFile("examples/new-project");
  return new Map(
    readdirSync(template)
      .sort()
      .map((name) => {
        const text = readFileSync(join(template, name), "utf8");
        return [names[name] ?? name, name === "package.json" ? projectManifest(text, folder) : text];
      }),
  );
}

/** Writes files that must not be there yet. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: "wx" });
}
