import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { packageFile } from "../../constructs/package-file";
import { ownSpecifier } from "./own-specifier";

interface Manifest {
  name: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/**
 * The template's package.json for a folder: its name, and of each package the version that this one is built and
 * tested with.
 */
export function projectManifest(template: string, folder: string): string {
  const { devDependencies: tested } = JSON.parse(
    readFileSync(packageFile("package.json"), "utf8"),
  ) as Manifest;
  const manifest = JSON.parse(template) as Manifest;
  const versionOf = (name: string): string => {
    const version = name === "fairlead" ? ownSpecifier() : tested[name];
    if (version === undefined)
      throw new Error(`the template needs ${name}, which fairlead is not tested with`);
    return version;
  };
  for (const packages of [manifest.dependencies, manifest.devDependencies]) {
    for (const name of Object.keys(packages)) packages[name] = versionOf(name);
  }
  const name = packageName(basename(folder));
  // npm does not install a package into itself.
  const taken = name in manifest.dependencies || name in manifest.devDependencies;
  if (name !== "" && !taken) manifest.name = name;
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What npm takes as a name: small letters, digits, and - . _ in between; empty when there is none of them. */
function packageName(folder: string): string {
  return folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|[._-]+$/g, "");
}
