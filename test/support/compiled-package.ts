import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";

/** The package as it is installed: compiled, in a folder of its own, with an executable of the provider. */
export interface CompiledPackage {
  readonly folder: string;
  /** What `require("fairlead")` gives. */
  readonly library: typeof import("../../lib");
  /** Takes the folder away. */
  remove(): void;
}

const root = join(__dirname, "../..");
const library = join(root, "lib");

/** The provider itself, as `npm run build` makes it. */
export const builtProvider = join(root, "dist/cli/terraform-provider-fairlead");

/** A stand-in: nothing in most tests starts the provider, Terraform only hashes it. */
const standIn = "#!/bin/sh\necho stand-in\n";

/**
 * Compiles what the construct library consists of; shares nothing with other tests, and needs no build unless the
 * provider is `builtProvider`.
 */
export function compilePackage(provider?: string): CompiledPackage {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fairlead-package-")));
  const sources = ["", "constructs", "bindings", "contract", "http", "probe"].flatMap((name) =>
    readdirSync(join(library, name), { recursive: name !== "", encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => join(library, name, file)),
  );
  buildSync({
    entryPoints: sources,
    outbase: library,
    outdir: join(folder, "dist"),
    format: "cjs",
    platform: "node",
    target: "node20",
  });
  mkdirSync(join(folder, "dist/cli"), { recursive: true });
  const executable = join(folder, "dist/cli/terraform-provider-fairlead");
  if (provider === undefined) writeFileSync(executable, standIn);
  else copyFileSync(provider, executable);
  chmodSync(executable, 0o755);
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    library: require(join(folder, "dist/index.js")),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
