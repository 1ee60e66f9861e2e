import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * A file of this package, by its path in it. Both lib/constructs and dist/constructs lie two levels below the package;
 * of an app that was bundled into one file the package is looked for where the app runs. The path where it should
 * be, when it is nowhere.
 */
export function packageFile(path: string): string {
  const beside = join(__dirname, "../..", path);
  if (existsSync(beside)) return beside;
  try {
    const manifest = createRequire(join(process.cwd(), "main.js")).resolve("fairlead/package.json");
    return join(dirname(manifest), path);
  } catch {
    return beside;
  }
}
