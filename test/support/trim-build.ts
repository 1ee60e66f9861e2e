import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { builtInImages } from "../../lib/embedded/engine/built-in-images";
import packageJson from "../../package.json";

const root = join(__dirname, "../..");
const dist = join(root, "dist");
const entries = Object.values(packageJson.exports).filter((entry) => typeof entry === "object");

/** Modules that others load, and those that are started as programs. */
const modules = [
  ...entries.map((entry) => entry.default),
  ...Object.values(packageJson.bin),
  "dist/constructs/lookup-child.js",
  ...Object.values(builtInImages).map(({ command }) => command[1]!),
];
const declarations = entries.map((entry) => entry.types);

/** Files of one kind that are reached from some, by their relative imports. */
function reached(from: readonly string[], extension: ".js" | ".d.ts"): Set<string> {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
      if (!fileName.startsWith(".")) continue;
      const path = resolve(file, "..", fileName);
      const target = [`${path}${extension}`, join(path, `index${extension}`)].find(existsSync);
      if (target) visit(target);
    }
  };
  for (const file of from) visit(resolve(root, file));
  return found;
}

/**
 * Takes out of the build what is only there because it was compiled: modules that nothing loads, since the provider's
 * executable has its own of them, and declarations that no public entry shows.
 */
function trimBuild(): void {
  const kept = new Set([...reached(modules, ".js"), ...reached(declarations, ".d.ts")]);
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const file = join(dist, name);
    if (/\.(js|d\.ts)$/.test(name) && !kept.has(file)) rmSync(file);
  }
}

trimBuild();
